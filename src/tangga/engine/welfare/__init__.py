"""How poor, and how sure are we: a ranking model learnt from a survey, judged, and applied."""
