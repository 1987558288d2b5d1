"""How ready the data of a village are to plan with, and what to repair first."""
