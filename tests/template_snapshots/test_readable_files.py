"""Documents inside of a template: what gets a file of its own, how it reads, that none is lost."""

import json
import re
from random import Random
from typing import Any

import pytest

from mlops_constructs.testing.readable import readable_files
from tests.template_snapshots.restored import restored

STEP = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 5, "End": True}}}


def template(value: Any) -> dict[str, Any]:
    """A template with this as the one property of its one resource."""
    return {"Resources": {"Thing": {"Type": "My::Thing", "Properties": {"Body": value}}}}


def document(value: Any) -> str:
    """The one file besides the template's."""
    files = readable_files(template(value))
    assert files.keys() == {"", "Thing.Body"}
    return files["Thing.Body"]


def stays(value: Any) -> bool:
    """Whether it gets no file, and stands in the template as it is."""
    files = readable_files(template(value))
    return json.loads(files[""]) == template(value) and files.keys() == {""}


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize("written", [compact(STEP), json.dumps(STEP), json.dumps(STEP, indent=4)])
def test_a_document_is_indented_by_two_however_it_was_written(written: str):
    assert document(written) == json.dumps(STEP, indent=2) + "\n"


def test_its_members_keep_their_order_since_states_are_read_in_it():
    assert document('{"b":{},"a":{}}') == '{\n  "b": {},\n  "a": {}\n}\n'


def test_the_order_of_the_template_s_own_members_is_no_difference():
    one, other = {"Resources": {}, "Outputs": {}}, {"Outputs": {}, "Resources": {}}
    assert readable_files(one) == readable_files(other)


def test_what_a_join_fills_in_reads_as_in_fn_sub():
    pieces = [
        '{"Where":{"Key":"',
        {"Fn::GetAtt": ["Bucket", "Arn"]},
        "/${key}",
        {"Ref": "AWS::Region"},
        '","Count":',
        {"Ref": "Count"},
        "}}",
    ]
    assert document({"Fn::Join": ["", pieces]}) == (
        '{\n  "Where": {\n    "Key": "${Bucket.Arn}/${!key}${AWS::Region}",\n'
        '    "Count": ${Count}\n  }\n}\n'
    )


def test_what_has_no_such_name_is_numbered_and_told_where_the_document_was():
    imported = {"Fn::ImportValue": "Others"}
    value = {"Fn::Join": ["", ['{"a":[{"b":"', imported, '"}]}']]}
    files = readable_files(template(value))
    assert '"${Fn::ImportValue 1}"' in files["Thing.Body"]
    body = json.loads(files[""])["Resources"]["Thing"]["Properties"]["Body"]
    assert body == {
        "<embedded>": "Thing.Body",
        "made by": "Fn::Join",
        "values": {"Fn::ImportValue 1": imported},
    }


def test_numbers_keep_their_digits():
    assert document('{"a":[1e-7,1.50,-0,12345678901234567890]}').split() == [
        "{",
        '"a":',
        "[",
        "1e-7,",
        "1.50,",
        "-0,",
        "12345678901234567890",
        "]",
        "}",
    ]


def test_a_document_that_nobody_could_write_again_is_shown_as_it_is():
    for written in ('{"a": [1 ,2]}', '{"a":{},"a":{}}', '{\n  "a": [1, 2]\n}\n', '{"a\\/b":{}}'):
        assert document(written) == written


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{}",
        "[]",
        "{not json}",
        '"a string of JSON"',
        '{"job":<detail-JobName>}',
        '{"model":"a flat input that fits a line"}',
        '{"a":\r\n{}}',
        {"Fn::Join": ["", ['{"a":"', ["no intrinsic"], '"}']]},
        {"Fn::Sub": '{"a":[${not a name}]}'},
        ["[1", "]"],
    ],
)
def test_what_is_no_document_stays_in_the_template(value: Any):
    assert stays(value)


def test_what_is_joined_with_a_delimiter_is_read_piece_by_piece():
    files = readable_files(template({"Fn::Join": [",", ['{"a":{}}', '{"b":"']]}))
    assert files.keys() == {"", "Thing.Body.Fn-Join.1.0"}


def test_a_long_flat_input_gets_a_file():
    assert '"reason": "' in document(compact({"reason": "x" * 100}))


def test_two_places_whose_names_would_be_one_get_two_files():
    body = compact(STEP)
    files = readable_files(template({"a b": body, "a-b": body}))
    assert files.keys() == {"", "Thing.Body.a-b", "Thing.Body.a-b~2"}


WORDS = [
    *("a", "Ref", "Resources", "Fn::Join", "Fn::Sub", "<embedded>", "<<embedded>", "<hash>", "~2"),
    *("${", "${!", "${A}", "${!A}", "$", "}", '"', "\\", "\\u0041", "/", " ", "\n", "\t", "{", "["),
    *("ü", "\u2028", "😀", "\x7f", "\x01", "\ue000", "\ue001"),
]


class Invented:
    """Random templates, made of what could be mistaken for something else."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def text(self) -> str:
        return "".join(self.random.choices(WORDS, k=self.random.randint(0, 4)))

    def json(self, depth: int) -> Any:
        kind = self.random.randint(0, 7 if depth else 3)
        if kind < 2:
            return self.text()
        if kind < 4:
            return self.random.choice([0, 1, 1.0, -0.5, 1e-7, 1e30, True, False, None])
        parts = range(self.random.randint(0, 3))
        if kind < 6:
            return [self.json(depth - 1) for _ in parts]
        return {self.text(): self.json(depth - 1) for _ in parts}

    def written(self, value: Any) -> str:
        indent, separators = self.random.choice(
            [
                (None, (",", ":")),
                (None, (", ", ": ")),
                (2, None),
                (4, None),
                ("\t", None),
                (3, None),
            ]
        )
        ascii_ = self.random.random() < 0.5
        return json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_)

    def intrinsic(self) -> dict[str, Any]:
        return self.random.choice(
            [
                {"Ref": "A"},
                {"Ref": "Fn::Ref 1"},
                {"Ref": "A.B"},
                {"Fn::GetAtt": ["A", "B"]},
                {"Fn::GetAtt": ["A", "B.C"]},
                {"Fn::GetAtt": "A.B"},
                {"Fn::ImportValue": "A"},
                {"Fn::ImportValue": self.json(1)},
            ]
        )

    def cut(self, text: str) -> list[Any]:
        """The text with something to fill in here and there; not always as CDK would join it."""
        pieces: list[Any] = []
        while text:
            length = self.random.randint(1, len(text))
            pieces.append(text[:length])
            text = text[length:]
            if self.random.random() < 0.8:
                pieces.append(self.intrinsic())
        return pieces

    def value(self) -> Any:
        text = self.written(self.json(3))
        return self.random.choice(
            [
                lambda: text,
                lambda: {"Fn::Sub": text},
                lambda: {"Fn::Sub": [text, {self.text(): self.intrinsic()}]},
                lambda: {"Fn::Join": ["", self.cut(text)]},
                lambda: {"Fn::Join": [self.text(), self.cut(text)]},
                lambda: self.json(3),
            ]
        )()

    def template(self) -> dict[str, Any]:
        return {self.text(): {self.text(): self.value()} for _ in range(3)}


def test_the_template_can_be_told_from_its_files_whatever_it_holds():
    seen: set[str] = set()
    for seed in range(2000):
        one = Invented(seed).template()
        files = readable_files(one)
        assert json.dumps(restored(files), sort_keys=True) == json.dumps(one, sort_keys=True), seed
        seen.update(re.findall(r'"(?:made by|written)": "(.*)"', files[""]))
    assert {"Fn::Join", "Fn::Sub", "as it is", "spaced", "indented by 2"} <= seen
    assert {style for style in seen if style.endswith(", in ASCII")}
