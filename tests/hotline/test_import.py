"""Files of strangers: what is right is taken once, what is wrong is told of with its line and never lost."""

import csv
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import func, select

from hotline.cli.refused_rows import explain, write_report
from hotline.demo.founding import found_city
from hotline.models.ticket import Citizen, Ticket
from hotline.services.accounts import CHEAP_HASHER
from hotline.services.import_columns import MappingError, columns_for, read_mapping
from hotline.services.importing import ImportRun, import_table
from hotline.services.table_files import UnreadableFileError, read_table, safe_cell

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEADER = "编号,诉求类型,标题,诉求内容,分类,区,地址,电话,姓名,时间"
GOOD = "A-1,投诉,夜里施工,工地夜里两点还在施工，睡不着。,施工噪声,梧桐区,青桐路 1 号,13900000001,张𠮷祥,2026-11-20 09:05"
PLAIN = "A-2,咨询,,请问公积金怎么提取？,,,,13900000002,阿依古丽·买买提,2026/11/21 8:30"


@pytest.fixture
def city(session_factory):
    with session_factory() as session, session.begin():
        found_city(session, "Yunjiang-12345", NOW, CHEAP_HASHER)
    return session_factory


@pytest.fixture
def write(tmp_path):
    def make(text, name="rows.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return make


def take(city, path, *, is_trial=False, mapping=None):
    table = read_table(path)
    columns = columns_for(table.header, mapping)
    run = ImportRun(city, columns, ZoneInfo("Asia/Shanghai"), NOW, is_trial=is_trial)
    return import_table(run, table), table, columns


def tickets(city):
    with city() as session, session.begin():
        return session.scalars(select(Ticket).order_by(Ticket.id)).all()


def count(city, model):
    with city() as session, session.begin():
        return session.scalar(select(func.count()).select_from(model))


def test_a_row_becomes_a_submitted_ticket_of_its_own_time(city, write):
    rows = f"{HEADER},证件号码\n{GOOD},11010519491231002X\n{PLAIN},\n"
    result, _, _ = take(city, write(rows))
    first, second = tickets(city)
    with city() as session:
        numbers = session.scalars(select(Citizen.id_number).order_by(Citizen.id)).all()
    assert numbers == ["11010519491231002X", None]
    assert result.taken == [first.number, second.number]
    assert (first.state, first.type, first.channel) == ("intake_review", "complaint", "import")
    assert first.created_at == datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
    assert second.created_at == datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
    assert second.category_id is not None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_of_spreadsheets_are_read_whatever_they_were_written_in(city, write, encoding):
    result, _, _ = take(city, write(f"{HEADER}\r\n{GOOD}\r\n", encoding=encoding))
    assert len(result.taken) == 1
    assert "夜里两点" in tickets(city)[0].content


def test_a_workbook_is_read_like_a_table(city, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    cells = GOOD.split(",")
    book.active.append([*cells[:7], 13900000001, *cells[8:9], datetime(2026, 11, 20, 9, 5)])  # noqa: DTZ001 - a sheet has no zones
    book.active.append([*cells[:2], "=HYPERLINK(1)", *cells[3:]])
    book.save(tmp_path / "rows.xlsx")
    result, _, _ = take(city, tmp_path / "rows.xlsx")
    assert len(result.taken) == 1
    assert [(each.code, each.row.line) for each in result.refused] == [("formula", 3)]


def test_the_same_file_again_changes_nothing(city, write):
    path = write(f"{HEADER}\n{GOOD}\n{PLAIN}\n")
    take(city, path)
    result, _, _ = take(city, path)
    assert (len(result.taken), result.known, count(city, Ticket)) == (0, 2, 2)


def test_equal_rows_without_a_number_are_each_taken_once(city, write):
    path = write("内容,电话\n路灯不亮,13900000003\n路灯不亮,13900000003\n")
    take(city, path)
    result, _, _ = take(city, path)
    assert (result.known, count(city, Ticket)) == (2, 2)


def test_a_number_that_comes_with_other_words_is_refused(city, write):
    take(city, write("编号,内容,电话\nX1,路灯不亮,13900000003\n"))
    result, _, _ = take(city, write("编号,内容,电话\nX1,井盖丢了,13900000003\n"))
    assert [each.code for each in result.refused] == ["idempotency_mismatch"]
    assert count(city, Ticket) == 1


def test_a_trial_keeps_nothing(city, write):
    result, _, _ = take(city, write(f"{HEADER}\n{GOOD}\n"), is_trial=True)
    assert (len(result.taken), count(city, Ticket), count(city, Citizen)) == (1, 0, 0)


BROKEN = [
    ("A-1,投诉,x,,施工噪声,梧桐区,a,13900000001,n,2026-11-20 09:05", "诉求内容"),
    (f"A-1,投诉,x,{'长' * 10_001},施工噪声,梧桐区,a,13900000001,n,2026-11-20 09:05", "诉求内容"),
    ("A-1,投诉,x,c,施工噪声,梧桐区,a,123,n,2026-11-20 09:05", "电话"),
    ("A-1,投诉,x,c,没有的分类,梧桐区,a,13900000001,n,2026-11-20 09:05", "分类"),
    ("A-1,吐槽,x,c,施工噪声,梧桐区,a,13900000001,n,2026-11-20 09:05", "诉求类型"),
    ("A-1,投诉,x,c,施工噪声,,,13900000001,n,2026-11-20 09:05", "地址"),
    ("A-1,投诉,x,c,施工噪声,梧桐区,a,,n,2026-11-20 09:05", "电话"),
    ("A-1,投诉,x,c,施工噪声,梧桐区,a,13900000001,n,2027-01-01 09:05", "时间"),
    ("A-1,投诉,x,c,施工噪声,梧桐区,a,13900000001,n,昨天", "时间"),
    ("A-1,投诉,x,=1+1,施工噪声,梧桐区,a,13900000001,n,2026-11-20 09:05", "诉求内容"),
    ("A-1,投诉,x,c\x00,施工噪声,梧桐区,a,13900000001,n,2026-11-20 09:05", "诉求内容"),
    ("A-1,投诉,x,c", ""),
]


@pytest.mark.parametrize(("line", "column"), BROKEN)
def test_a_broken_row_is_told_of_and_leaves_nothing_behind(city, write, line, column):
    result, _, columns = take(city, write(f"{HEADER}\n{line}\n{PLAIN}\n"))
    (refused,) = result.refused
    blamed, words = explain(refused, columns)
    assert refused.row.line == 2
    assert blamed == column
    assert words.endswith("。")
    assert (count(city, Ticket), count(city, Citizen)) == (1, 1)


def test_bytes_of_no_encoding_spoil_their_own_row_only(city, write):
    bad = GOOD.encode().replace("工地".encode(), b"\xff\xfe")
    result, _, _ = take(city, write(f"{HEADER}\n".encode() + bad + f"\n{PLAIN}\n".encode()))
    assert [(each.code, each.row.line) for each in result.refused] == [("bad_encoding", 2)]
    assert len(result.taken) == 1


def test_a_row_over_several_lines_is_named_by_its_first(city, write):
    result, _, _ = take(city, write('内容,电话\n"一\n二\n三",13900000003\n坏,1\n'))
    assert tickets(city)[0].content == "一\n二\n三"
    assert [each.row.line for each in result.refused] == [5]


def test_the_report_holds_the_cells_and_can_be_mended_and_imported(city, write, tmp_path):
    result, table, columns = take(city, write(f"{HEADER}\n{BROKEN[2][0]}\n{BROKEN[9][0]}\n"))
    report = tmp_path / "refused.csv"
    write_report(report, table, result.refused, columns)
    rows = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][3:] == HEADER.split(",")
    assert rows[1][:2] == ["2", "电话"]
    assert rows[2][6] == "'=1+1"
    assert len(take(city, report)[0].refused) == 2
    report.write_text(
        report.read_text(encoding="utf-8-sig").replace(",123,", ",13900000001,"), encoding="utf-8"
    )
    again, _, _ = take(city, report)
    assert (len(again.taken), len(again.refused)) == (1, 1)


def test_a_mapping_names_columns_of_any_header(city, write, tmp_path):
    mapping = write('{"content": "what", "phone": "tel"}', "mapping.json")
    result, _, _ = take(city, write("what,tel\nstreet lamp,13900000003\n"), mapping=read_mapping(mapping))
    assert len(result.taken) == 1


@pytest.mark.parametrize("mapping", [{"content": "nowhere"}, {"colour": "内容"}])
def test_a_mapping_that_does_not_fit_is_refused(mapping):
    with pytest.raises(MappingError):
        columns_for(["内容"], mapping)


def test_a_file_without_content_or_header_is_refused(write):
    with pytest.raises(MappingError):
        columns_for(["电话"])
    with pytest.raises(UnreadableFileError):
        read_table(write(""))
    with pytest.raises(UnreadableFileError):
        read_table(write("no zip", "rows.xlsx"))


@pytest.mark.parametrize("text", ["+86 139 0000 0001", "-路灯不亮", "@小王", "三=三", "-3"])
def test_what_only_looks_a_little_like_a_formula_is_left_alone(text):
    assert safe_cell(text) == text
