"""The adapters give what the models give: computed here from the models' own outputs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from service.backends.entailment import load_scorer
from service.backends.entailment.cross_encoder import entailment_label
from service.backends.entailment.passages import parts
from service.domain.errors import ModelNotFound, ModelRefused
from tests.unit.backends.tiny_judges import build

PASSAGE = "The port was closed on Monday."
CLAIM = "The old port was closed."
Folders = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    made: dict[str, Path] = {}

    def find(kind: str) -> Path:
        if kind not in made:
            made[kind] = build(kind, tmp_path_factory.mktemp("judges") / kind)
        return made[kind]

    return find


def scored(folder: Path, *pairs: tuple[str, str]) -> list[float]:
    return load_scorer(str(folder), probe=False).score(pairs)


def test_minicheck_weighs_the_first_token_of_its_two_answers(folder_of: Folders) -> None:
    folder = folder_of("minicheck")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    asked = tokenizer(f"predict: {PASSAGE}</s>{CLAIM}", return_tensors="pt")
    none, support = (tokenizer(word).input_ids[0] for word in "01")
    with torch.inference_mode():
        start = torch.tensor([[model.config.decoder_start_token_id]])
        logits = model(**asked, decoder_input_ids=start).logits[0, 0]
    expected = float(logits[[none, support]].softmax(-1)[1])
    assert none != support
    assert scored(folder, (PASSAGE, CLAIM)) == [pytest.approx(expected, abs=1e-4)]


def test_a_classifier_gives_the_probability_of_its_entailment_label(folder_of: Folders) -> None:
    folder = folder_of("cross-encoder")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        logits = model(**tokenizer(PASSAGE, CLAIM, return_tensors="pt")).logits[0]
    expected = float(logits.softmax(-1)[1])
    assert scored(folder, (PASSAGE, CLAIM)) == [pytest.approx(expected, abs=1e-4)]


def test_a_single_output_is_taken_as_the_score_of_consistency(folder_of: Folders) -> None:
    folder = folder_of("consistency")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        logits = model(**tokenizer(PASSAGE, CLAIM, return_tensors="pt")).logits[0]
    assert scored(folder, (PASSAGE, CLAIM)) == [pytest.approx(float(logits.sigmoid()), abs=1e-4)]


@pytest.mark.parametrize("kind", ["minicheck", "cross-encoder", "consistency"])
def test_of_a_long_passage_the_best_part_counts(folder_of: Folders, kind: str) -> None:
    sentences = [
        PASSAGE,
        "The council voted in the old harbour and the mayor said a storm was on Tuesday.",
        "Ships in the new plan of the bridge opened to the council on Monday and Tuesday.",
    ]
    text = " ".join(sentences * 3)
    scorer = load_scorer(str(folder_of(kind)), probe=False)
    [whole] = scorer.score([(text, CLAIM)])
    runs = [" ".join((sentences * 3)[i:j]) for i in range(9) for j in range(i + 1, 10)]
    assert whole in scorer.score([(run, CLAIM) for run in runs])


@pytest.mark.parametrize("kind", ["minicheck", "cross-encoder", "consistency"])
def test_a_claim_that_leaves_no_room_scores_nothing(folder_of: Folders, kind: str) -> None:
    assert scored(folder_of(kind), (PASSAGE, CLAIM * 40)) == [0.0]


def fits_words(most: int) -> Callable[[str], bool]:
    return lambda text: len(text.split()) <= most


def test_parts_are_the_longest_runs_of_whole_sentences() -> None:
    text = "Rain fell all day. The port was shut. A crane fell over in the wind. Nobody was hurt."
    assert list(parts(text, fits_words(9))) == [
        "Rain fell all day. The port was shut.",
        "A crane fell over in the wind.",
        "Nobody was hurt.",
    ]


def test_a_passage_that_fits_is_one_part_and_white_space_is_kept() -> None:
    assert list(parts("Rain  fell.\nAll day.", fits_words(4))) == ["Rain  fell.\nAll day."]


def test_a_sentence_that_is_too_long_comes_in_pieces_that_fit() -> None:
    found = list(parts("One two three four five six seven.", fits_words(3)))
    assert " ".join(found) == "One two three four five six seven."
    assert all(map(fits_words(3), found))


def test_where_nothing_fits_there_are_no_parts() -> None:
    assert list(parts("Rain fell.", lambda _: False)) == []


@pytest.mark.parametrize("kind", ["minicheck", "cross-encoder", "consistency"])
def test_a_model_that_was_trained_for_something_else_is_refused(
    folder_of: Folders, kind: str
) -> None:
    with pytest.raises(ModelRefused, match="does not tell what follows from a passage"):
        load_scorer(str(folder_of(kind)))


def test_a_classifier_without_the_label_is_refused_with_those_it_has(folder_of: Folders) -> None:
    with pytest.raises(ModelRefused, match="none of its labels is 'entailment': 'negative', "):
        load_scorer(str(folder_of("sentiment")))


@pytest.mark.parametrize(
    ("labels", "index"),
    [
        ({"0": "not_entailment", "1": "entailment"}, 1),
        ({"0": "ENTAILMENT", "1": "NEUTRAL", "2": "CONTRADICTION"}, 0),
        ({"0": "LABEL_0"}, None),
    ],
)
def test_the_label_is_found_by_its_whole_name(labels: dict[str, str], index: int | None) -> None:
    config = transformers.PretrainedConfig(id2label=labels)
    assert entailment_label("m", config) == index


def test_a_model_that_is_neither_is_refused(folder_of: Folders) -> None:
    with pytest.raises(ModelRefused, match=r"its config\.json names DistilBertModel$"):
        load_scorer(str(folder_of("encoder")))


def test_a_place_without_a_model_is_told() -> None:
    with pytest.raises(ModelNotFound, match="there is no such folder"):
        load_scorer("./nowhere")


def test_pickled_weights_are_never_read(folder_of: Folders, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(folder_of("cross-encoder"), tmp_path / "pickled"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelRefused, match="only pickled weights"):
        load_scorer(str(folder), probe=False)


def test_a_model_without_its_last_layer_is_refused(folder_of: Folders, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(folder_of("cross-encoder"), tmp_path / "beheaded"))
    kept = load_file(folder / "model.safetensors")
    save_file(
        {k: v for k, v in kept.items() if not k.startswith("classifier")},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    with pytest.raises(ModelRefused, match=r"its files lack 2 weights, 'classifier\.bias'"):
        load_scorer(str(folder), probe=False)


def test_code_in_a_folder_is_not_run(folder_of: Folders, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(folder_of("cross-encoder"), tmp_path / "hostile"))
    declared = json.loads((folder / "config.json").read_text())
    declared |= {"model_type": "hostile", "auto_map": {"AutoConfig": "code.HostileConfig"}}
    (folder / "config.json").write_text(json.dumps(declared))
    (folder / "code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(ModelRefused):
        load_scorer(str(folder), probe=False)
    assert not (tmp_path / "ran").exists()


def test_the_same_weights_have_one_revision_wherever_they_lie(
    folder_of: Folders, tmp_path: Path
) -> None:
    first = folder_of("cross-encoder")
    second = Path(shutil.copytree(first, tmp_path / "copy"))
    revisions = [load_scorer(str(f), probe=False).revision for f in (first, second)]
    assert revisions[0] == revisions[1]
    assert revisions[0] != load_scorer(str(folder_of("consistency")), probe=False).revision
