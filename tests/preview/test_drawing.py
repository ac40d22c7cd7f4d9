from xml.etree import ElementTree

from ropewalk.formats.loading import load_workflow_text
from ropewalk.preview.drawing import svg
from ropewalk.preview.plan import plan_workflow

TEXT = """\
name: drawn
phases: [{id: build, title: "Build <it> & more"}]
facts: {ready: boolean}
steps:
  - {id: start, run: "true", phase: build, title: 'A <very> "long" title that does not fit into any box at all'}
  - {id: left, run: "true", needs: [start], when: facts.ready}
  - {id: right, ask: {prompt: Go?}, needs: [start]}
  - {id: check, run: "false", needs: [left, right], back_to: start}
"""


def drawn(text):
    return svg(plan_workflow(load_workflow_text(text, "d.yaml").workflow))


def test_the_picture_is_whole_xml_with_a_box_for_each_step():
    root = ElementTree.fromstring(drawn(TEXT))
    name = "{http://www.w3.org/2000/svg}"
    boxes = list(root.iter(f"{name}rect"))
    assert len(boxes) == 4
    assert [one.get("class") for one in boxes] == ["box", "box maybe", "box person", "box"]
    assert boxes[1].get("y") == boxes[2].get("y")
    assert boxes[1].get("x") != boxes[2].get("x")
    backs = [one for one in root.iter(f"{name}path") if one.get("class") == "back"]
    assert len(backs) == 1
    texts = [one.text or "" for one in root.iter(f"{name}text")]
    assert "Build <it> & more" in texts
    assert "ready" in texts
    assert any(text.endswith("…") for text in texts)


def test_the_smallest_workflow_has_a_picture():
    assert drawn("name: n\nsteps: [{id: a, run: 'true'}]\n").startswith("<svg")
