"""How do broker, job worker, clock and web live and end together on one machine (the embedded mode)?"""
