"""The parts of the presentation page: scenes, editor, show, handout."""

from pages.shared.present import editor, handout, show_frame, state
from pages.shared.present.capture import add_scene_button, scene_of_pair, scene_of_picture, scene_of_question
