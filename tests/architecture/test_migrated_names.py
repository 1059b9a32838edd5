"""Are the callers of an older database found by their names?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.hashes import name_hash
from hotline.models.ticket import Citizen
from sealing import seal
from tests.architecture.conftest import Edition


def test_names_written_before_there_was_a_hash_are_found_by_it(edition: Edition):
    edition.up("0043")
    names = ("阿依古丽 • 买买提", "ＡＢＣ公司", " ")
    ids = [edition.put("citizens", language="zh", name=seal(name, "citizens.name")) for name in names]
    nameless = edition.put("citizens", language="zh")
    edition.up()
    with Session(edition.engine) as session:
        kept = dict(session.execute(select(Citizen.id, Citizen.name_hash)).all())
    assert kept == {**{row: name_hash(name) for row, name in zip(ids, names, strict=True)}, nameless: None}
