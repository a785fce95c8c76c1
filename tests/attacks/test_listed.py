from pathlib import Path

HERE = Path(__file__).parent


def test_every_file_of_attacks_is_in_the_list_of_them() -> None:
    listed = (HERE.parents[1] / "docs" / "attacks.md").read_text("utf-8")
    here = {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}
    assert {name for name in here if f"`{name}`" not in listed} == set()
