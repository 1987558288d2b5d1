"""What an area can still do this year: months, places, hours, and who goes where when. No optimum:
an order that anybody can check by hand."""
