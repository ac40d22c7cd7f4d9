"""What the API says that it gives are the structs that it gives: each is described, and nothing is described that is not there."""

import json

import msgspec
import pytest

from ropewalk.web.api.schemas import GIVEN, AskList, StepList, VerbResult, components, gives


def references(part):
    """Every schema that something refers to."""
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_each_struct_that_is_given_is_described_with_all_its_fields():
    described = components()
    for kind in GIVEN:
        schema = described[kind.__name__]
        assert set(schema["properties"]) == {field.encode_name for field in msgspec.structs.fields(kind)}


def test_what_a_description_refers_to_is_described_too():
    described = components()
    wanted = {reference.rpartition("/")[2] for reference in references(described)}
    assert wanted
    assert wanted - set(described) == set()
    json.dumps(described)


def test_no_two_structs_have_one_name():
    assert len({kind.__name__ for kind in GIVEN}) == len(GIVEN)


def test_a_route_gives_its_struct_and_names_every_way_in_which_it_can_fail():
    route = gives(StepList, 404)
    assert route["status_code"] == 200
    assert list(route["responses"]) == [200, 401, 403, 404, 413, 422, 503]
    schema = route["responses"][200]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/StepList"}


def test_a_route_may_give_the_same_with_several_statuses():
    route = gives(VerbResult, status=201, _200="It was there already")
    assert route["status_code"] == 201
    assert route["responses"][200]["description"] == "It was there already"
    assert route["responses"][201]["content"] == route["responses"][200]["content"]


def test_a_struct_that_is_not_described_cannot_be_declared():
    class Unknown(msgspec.Struct, frozen=True):
        run: str

    with pytest.raises(AssertionError):
        gives(Unknown)


@pytest.mark.parametrize("kind", [StepList, AskList])
def test_an_empty_list_is_a_list(kind):
    assert list(msgspec.json.decode(msgspec.json.encode(kind([]))).values()) == [[]]
