"""Zip files: each fault alone, made from a good file."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.archive import check_zip, extract_zip, is_zip

LIMITS = ReadLimits()


def zipped(members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    stream = io.BytesIO()
    pairs = members.items() if isinstance(members, dict) else members
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def codes(fault: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [finding.code for finding in fault.value.findings]


def test_a_good_file_is_unpacked_with_its_folders(tmp_path):
    content = zipped({"a/one.shp": b"1", "two.dbf": b"22", "__MACOSX/a/._one.shp": b"x", ".DS_Store": b"x"})
    written = extract_zip(content, tmp_path, name="good.zip", limits=LIMITS)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == ["a/one.shp", "two.dbf"]
    assert (tmp_path / "a/one.shp").read_bytes() == b"1"


def test_a_path_does_as_well_as_content(tmp_path):
    file = tmp_path / "good.zip"
    file.write_bytes(zipped({"one.txt": b"1"}))
    assert check_zip(file, name="good.zip", limits=LIMITS) == ("one.txt",)
    assert is_zip(file.read_bytes()[:4])


@pytest.mark.parametrize(
    "member",
    ["../out.txt", "a/../../out.txt", "/etc/out.txt", "C:/out.txt", "C:\\out.txt", "..\\out.txt", "a/C:/out.txt"],
)
def test_members_that_climb_out_are_refused_and_nothing_is_written(tmp_path, member):
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(DataError) as fault:
        extract_zip(zipped({"good.txt": b"1", member: b"2"}), target, name="bad.zip", limits=LIMITS)
    assert codes(fault) == ["archive_path"]
    assert fault.value.findings[0].file == "bad.zip"
    assert list(tmp_path.rglob("*.txt")) == []


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("link.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DataError) as fault:
        extract_zip(zipped([(link, b"/etc/passwd")]), tmp_path, name="bad.zip", limits=LIMITS)
    assert codes(fault) == ["archive_link"]


def test_an_encrypted_member_is_refused(tmp_path):
    content = bytearray(zipped({"one.txt": b"1"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    with pytest.raises(DataError) as fault:
        extract_zip(bytes(content), tmp_path, name="bad.zip", limits=LIMITS)
    assert codes(fault) == ["archive_encrypted"]


def test_two_members_of_one_name_are_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zipped([("one.txt", b"1"), ("one.txt", b"2")])
    with pytest.raises(DataError) as fault:
        extract_zip(content, tmp_path, name="bad.zip", limits=LIMITS)
    assert codes(fault) == ["archive_duplicate"]


def test_too_many_members_are_refused():
    with pytest.raises(DataError) as fault:
        check_zip(zipped({f"{n}.txt": b"" for n in range(5)}), name="bad.zip", limits=ReadLimits(archive_members=4))
    assert codes(fault) == ["archive_members"]


def test_more_bytes_than_allowed_are_refused_over_all_members():
    members = {f"{n}.bin": bytes(range(256)) * 200 for n in range(4)}
    with pytest.raises(DataError) as fault:
        check_zip(zipped(members), name="bad.zip", limits=ReadLimits(unpacked_bytes=150_000, unpacked_ratio=10**6))
    assert codes(fault) == ["archive_too_large"]
    assert check_zip(zipped(members), name="good.zip", limits=ReadLimits(unpacked_bytes=210_000, unpacked_ratio=10**6))


def test_a_bomb_is_refused_by_its_ratio(tmp_path):
    with pytest.raises(DataError) as fault:
        extract_zip(zipped({"bomb": bytes(20 * 1024**2)}), tmp_path, name="bomb.zip", limits=LIMITS)
    assert codes(fault) == ["archive_ratio"]


def test_a_small_file_may_pack_as_well_as_it_likes():
    assert check_zip(zipped({"blank.txt": b" " * 1024**2}), name="good.zip", limits=LIMITS) == ("blank.txt",)


def test_sizes_in_the_header_are_not_believed():
    content = bytearray(zipped({"bomb": bytes(20 * 1024**2)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 10)
    with pytest.raises(DataError) as fault:
        check_zip(bytes(content), name="lying.zip", limits=LIMITS)
    assert codes(fault)[0] in ("archive_broken", "archive_ratio")


@pytest.mark.parametrize("cut", [10, 60, -30])
def test_a_cut_file_is_broken(cut):
    content = zipped({"one.txt": bytes(range(256)) * 20})
    with pytest.raises(DataError) as fault:
        check_zip(content[:cut], name="cut.zip", limits=LIMITS)
    assert codes(fault) == ["archive_broken"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_where_asked(encoding):
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    content = zipped({"xl/workbook.xml": text.encode(encoding)})
    with pytest.raises(DataError) as fault:
        check_zip(content, name="bad.xlsx", limits=LIMITS, refuse_doctype=True)
    assert codes(fault) == ["archive_doctype"]
    assert check_zip(content, name="bad.zip", limits=LIMITS) == ("xl/workbook.xml",)
