import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.yaml import reading as yaml
from ropewalk.yaml.reading import read_yaml_text, yaml_document, yaml_documents


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidDefinition) as refused:
        yaml_document(text, "f.yaml")
    return [str(fault) for fault in refused.value.faults]


def test_several_documents_can_be_read_and_empty_ones_are_left_out():
    documents = yaml_documents("---\n---\na: 1\n---\nb: 2\n")
    assert [document.data for document in documents] == [{"a": 1}, {"b": 2}]
    assert documents[1].positions.key(("b",)) == (5, 1)


def test_one_document_is_expected():
    assert faults("a: 1\n---\nb: 2\n")[0].startswith("f.yaml:3:1: holds 2 documents, one is expected;")
    assert faults("# nothing\n") == ["f.yaml:1:1: holds nothing"]


def test_small_faults_before_a_syntax_fault_are_told_too():
    assert [line.split(": ")[0] for line in faults("a: 1\na: 2\nb: 'x\n")] == ["f.yaml:2:1", "f.yaml:3:4"]


def test_size_is_bounded(tmp_path):
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (yaml.MAX_BYTES + 1))
    with pytest.raises(InvalidDefinition, match=r"large.yaml: is larger than 1024 KiB; move parts"):
        read_yaml_text(large)
    assert faults("é" * (yaml.MAX_BYTES // 2 + 1)) == [
        "f.yaml: is larger than 1024 KiB; move parts to files of their own"
    ]


def test_a_file_is_utf_8_with_or_without_a_mark(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")
    assert read_yaml_text(file) == "a: é\n"
    for mark in (b"", b"\xef\xbb\xbf"):
        file.write_bytes(mark + b"a: 1\nb: \xe9\n")
        with pytest.raises(InvalidDefinition, match=r"f.yaml:2:4: is not UTF-8; save the file as UTF-8"):
            read_yaml_text(file)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    with pytest.raises(InvalidDefinition, match=r"cannot be read: Is a directory"):
        read_yaml_text(tmp_path, "there")
