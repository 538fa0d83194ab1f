"""Hand-written stories, at least one for each programme that Trama ships, so that every room has something to see.

`stories/<PROGRAMME>.yaml` tells them (`reading` says how they are written), `telling` acts them out through the operations
that operators use (`acts`). Their days are counted back from the first start: what is due is due today, and nothing falls
into the years of the plan whose figures the demo shows.
"""
