"""Files through the API: kept once, noted in the trail, refused when they are not what they say."""

import io

import pytest

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "ATTACHMENT_FOLDER", str(tmp_path / "files"))
    return tmp_path / "files"


def upload(api, number, content=PDF, name="维修单.pdf", *, who="agent", key=None, **fields):
    return api.client.post(
        f"/api/v1/tickets/{number}/attachments",
        data={"file": (io.BytesIO(content), name), **fields},
        headers=api.headers(who, **({"Idempotency_Key": key} if key else {})),
    )


def test_a_file_is_kept_listed_and_noted(api, folder):
    made = api.registered("agent")
    answer = upload(api, made["number"], visibility="citizen")
    assert answer.status_code == 201, answer.text
    assert (answer.json["name"], answer.json["size"], answer.json["version"]) == ("维修单.pdf", len(PDF), 3)
    listed = api.get("agent", f"/tickets/{made['number']}/attachments").json["items"]
    assert [file["id"] for file in listed] == [answer.json["id"]]
    assert api.get("agent", f"/tickets/{made['number']}/events").json["items"][-1]["action"] == "note"
    assert len(list(folder.iterdir())) == 1


def test_the_same_file_with_the_same_key_is_kept_once(api, folder):
    number = api.registered("agent")["number"]
    first, again = upload(api, number, key="f-1"), upload(api, number, key="f-1")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert len(list(folder.iterdir())) == 1
    assert upload(api, number, PDF + b"\n", key="f-1").status_code == 409


def test_what_is_no_such_file_is_refused_and_leaves_nothing(api, folder):
    number = api.registered("agent")["number"]
    bad = [
        (upload(api, number, b"<script>"), "bad_type"),
        (upload(api, number, PDF, "x.exe"), "bad_type"),
        (upload(api, number, b""), "empty"),
        (upload(api, number, visibility="all"), "not_a_choice"),
        (upload(api, number, colour="red"), "unknown_field"),
    ]
    assert [(answer.status_code, answer.json["errors"][0]["code"]) for answer, _ in bad] == [
        (422, code) for _, code in bad
    ]
    path = f"/tickets/{number}/attachments"
    assert api.raw("agent", path, b"--x--\r\n", "multipart/form-data; boundary=x").status_code == 422
    assert api.post("agent", path, {"file": "x"}).status_code == 415
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    large = head + b"x" * 20_000_001 + b"\r\n--x--\r\n"
    assert api.raw("agent", path, large, "multipart/form-data; boundary=x").status_code == 413
    assert not folder.exists() or not list(folder.iterdir())
    assert api.get("agent", f"/tickets/{number}").json["version"] == 2


def test_a_stranger_cannot_add_files(api):
    number = api.dispatched()[0]["number"]
    assert upload(api, number, who="stranger").status_code == 404
    assert upload(api, number, who="handler").status_code == 201
