"""`mlestar check`: findings in files and folders, nothing is run.

`run` leads: `collect` names the files, `pool` shares them among processes, `one` checks (and with `mending` fixes) one
file and answers with plain values, `baseline` leaves out what is known, and `text`, `records`, `sarif`, `github` and
`statistics` report.
"""
