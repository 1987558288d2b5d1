"""Pictures drawn on the server as SVG: links, words for who cannot see them, no style of their own.

Colours stand in dashboard.css, by class: so the strict policy of content holds, and a picture is
readable in the dark, on paper and without colour.
"""
