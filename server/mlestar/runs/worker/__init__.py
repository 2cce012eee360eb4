"""What runs outside the server: the launcher (server's Python) and the worker (user's Python, 3.9 and newer).

Standard library only; nothing here imports the rest of `mlestar`. `boot.py` is the entry of both.
"""
