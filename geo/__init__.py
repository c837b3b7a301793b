"""Nahbar's library: quarters and statistics, need, reach, siting and what is shown of them.

The floors, lowest first: ``region`` (what is there), ``need`` (where the need is), ``reach`` (who gets
where), ``siting`` (where offices go), ``output`` (showing and handing on). A floor imports only from
those below it. Nothing here imports Streamlit, keeps a session or changes a global.
"""

__version__ = "0.1.0"
