"""What pages share: state, cache, language, widgets, the map on screen.

Besides the pages themselves the only place that imports Streamlit.
"""
