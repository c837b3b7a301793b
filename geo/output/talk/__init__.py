"""Scenes of a presentation as stages, and the handout."""

from geo.output.talk.handout import handout_pdf
from geo.output.talk.ready_made_scenes import ready_made
from geo.output.talk.staging import Stage, stage_of
from geo.output.talk.workings import Workings
