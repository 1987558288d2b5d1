"""Everything that waits for somebody: items, the steps taken, evidence, delegation."""
