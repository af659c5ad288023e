"""Kinds of files that are known and not read: what each is, and how it becomes one that is.

Some could run code when they are loaded (pickles), others would take a library for each. Where a
line of Python converts a file, it is given with the file's own name.
"""

from __future__ import annotations

import re

_LONGEST_NAME = 12  # of a file in a line of Python; a longer one is called "data"
_EARLY = 1024  # bytes in which a text says what it is

_PICKLE = "is a pickle, which could run code. In Python: "
_PICKLED = _PICKLE + "numpy.savez({npz}, data=pickle.load(open({file}, 'rb')))"
_PICKLED_GZ = (
    _PICKLE + "numpy.savez({npz}, *[a for s in pickle.load(gzip.open({file}), "
    "encoding='latin1') for a in s])"
)
_HDF5 = (
    ". In Python: d={{}}; h5py.File({file}).visititems(lambda k,v: d.update({{k: v[()]}} if "
    "hasattr(v,'size') else {{}})); numpy.savez({npz},**d)"
)
_TORCH = (
    "is a file of PyTorch, which could run code. In Python: numpy.savez({npz}, *torch.load({file}))"
)
_SPARSE = (
    "is a sparse matrix. In Python: numpy.save({npy}, scipy.sparse.load_npz({file}).toarray())"
)
_SPSS = "is a file of SPSS. In Python: pandas.read_spss({file}).to_csv({csv}, index=False)"
_STATA = "is a file of Stata. In Python: pandas.read_stata({file}).to_csv({csv}, index=False)"
_SHEET = ". In Python: pandas.read_excel({file}).to_csv({csv}, index=False)"
_FILM = "is a film or a sound: save its pictures as PNG, and bring them in a zip"
_PACKED = "is packed as {what}: unpack it, and choose its files or a zip of them"
_TEXT = "is no table: choose the file with the data"
_PROGRAMS = "py js r m java c cpp h sh bat exe dll so css"
_TEXTS = "md rst tex bib yaml yml toml ini cfg"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "is a pointer of Git LFS, not the file itself: git lfs pull"),
    (b"\x89HDF\r\n\x1a\n", "is HDF5" + _HDF5),
    (b"Rar!\x1a\x07", _PACKED.format(what="RAR")),
    (b"7z\xbc\xaf\x27\x1c", _PACKED.format(what="7z")),
    (b"\x28\xb5\x2f\xfd", _PACKED.format(what="Zstandard")),
    (b"%PDF", "is a PDF: save its table as CSV, or its pictures as PNG"),
    (b"SQLite format 3\0", "is an SQLite database. In Python: "
     "pandas.read_sql('SELECT * FROM its_table', sqlite3.connect({file})).to_csv({csv})"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a file of an old Office" + _SHEET),
    (b"{\\rtf", "is a text document: save its table as CSV"),
    (b"OggS", _FILM), (b"fLaC", _FILM), (b"ID3", _FILM), (b"\x1a\x45\xdf\xa3", _FILM),
    (b"MThd", _FILM), (b"\xff\xfb", _FILM),
    (b"L\0\0\0\1\x14\2\0", "is a shortcut: choose the file that it leads to"),
    (b"[InternetShortcut]", "is a shortcut: choose the file that it leads to"),
    (b"$FL2", _SPSS),
    (b"<stata_dta>", _STATA),
    (b"RDX", "is a file of R: save the table there with write.csv(table, {csv})"),
    (b"ORC", "is an ORC file. In Python: pandas.read_orc({file}).to_csv({csv}, index=False)"),
    (b"Obj\1", "is an Avro file: save its table as CSV or Parquet"),
    (b"SIMPLE  =", "is a FITS file. In Python: numpy.save({npy}, astropy.io.fits.getdata({file}))"),
)  # fmt: skip
_ENDINGS: dict[str, str] = {
    "pkl pickle joblib p": _PICKLED,
    "pt pth ckpt": _TORCH,
    "tfrecord tfrecords": "is a TFRecord file: read it with tf.data.TFRecordDataset, and save the "
    "arrays with numpy.savez({npz}, images=..., labels=...)",
    "h5 hdf5 hdf": "is HDF5" + _HDF5,
    "keras": "is a network of Keras, and no data: choose the data that it was trained with",
    "xls ods": "is a spreadsheet" + _SHEET,
    "mp3 wav mp4 avi mov mkv webm ogg flac m4a": _FILM,
    "heic heif avif": "is a photo in a form that is not read: save it as JPEG",
    "svg eps ai psd": "is a drawing: save it as PNG",
    "doc docx odt pages rtf": "is a text document: save its table as CSV",
    "ppt pptx odp key": "holds slides: save its table as CSV, or its pictures as PNG",
    "numbers gsheet gdoc": "is a spreadsheet elsewhere: save it as CSV",
    "rda rds rdata": "is a file of R: save the table there with write.csv(table, {csv})",
    "sav": _SPSS,
    "dta": _STATA,
    "sas7bdat": "is a file of SAS. In Python: pandas.read_sas({file}).to_csv({csv}, index=False)",
    "nii": "is a NIfTI file. In Python: numpy.save({npy}, nibabel.load({file}).get_fdata())",
    "dcm": "is a DICOM file: save its picture as PNG",
    "url lnk webloc": "is a shortcut: choose the file that it leads to",
    "crdownload part download": "is a download that has not ended: wait, or download it again",
    "ipynb": "is a notebook: choose the data that it reads",
    _PROGRAMS: "is a program: choose the data that it reads",
    _TEXTS: _TEXT,
}
_BY_ENDING = {ending: clause for some, clause in _ENDINGS.items() for ending in some.split()}
# whatever these hold, so that archives need not open them
_SAID_BY_NAME = {*_PROGRAMS.split(), *_TEXTS.split(), "ipynb", "xml", "json", "html", "htm"}
_PROSE = re.compile(r"(readme|licen[cs]e|copying|changelog|citation|notice)(\.txt|\.md)?", re.I)
_LAST = re.compile(r"\.([a-z0-9_]{1,12})$")
_PAGE = re.compile(
    rb"\s*((<!--.*?-->|<\?xml[^>]*>)\s*)?<(!doctype\s+html|html|head|body)\b", re.I | re.S
)
_JSON = re.compile(rb'\s*[\[{]\s*["\[{\]}]')


def kind(name: str, start: bytes) -> str:
    """What a file is, where it is of a kind that is known and not read.

    Parameters
    ----------
    name : str
        The file's.
    start : bytes
        Its first bytes, unpacked.

    Returns
    -------
    str
        What follows the file's name in a sentence, without a full stop: "is a web page, …"; ""
        where it may be one that is read.
    """
    ending = _ending(name)
    clause = _by_content(start)
    if not clause and not (ending == "xls" and b"\0" not in start):  # many programs call text so
        clause = _BY_ENDING.get(ending, "")
    return _filled(clause, name) if clause else ""


def by_name(name: str) -> str:
    """The same of a file in an archive, where its name says it all."""
    if _PROSE.fullmatch(name):
        return _TEXT
    ending = _ending(name)
    if ending not in _SAID_BY_NAME:
        return ""
    return _filled(_BY_ENDING.get(ending, _TEXT), name)


def of_archive(name: str, paths: list[str]) -> str:
    """The same of a zip that is more than an archive, by the files in it."""
    names = set(paths)
    lasts = {path.rsplit("/", 1)[-1] for path in paths}
    if {"indices.npy", "indptr.npy", "shape.npy", "data.npy"} <= names:
        return _filled(_SPARSE, name)
    if "data.pkl" in lasts:
        return _filled(_TORCH, name)
    if "model.weights.h5" in lasts:
        return _BY_ENDING["keras"]
    if "content.xml" in names and "mimetype" in names:
        return _filled(_BY_ENDING["ods" if name.lower().endswith(".ods") else "odt"], name)
    if "[Content_Types].xml" in names:
        office = {"word/": "docx", "ppt/": "pptx"}
        for start, ending in office.items():
            if any(path.startswith(start) for path in paths):
                return _BY_ENDING[ending]
    return ""


def _by_content(start: bytes) -> str:
    early = start[:_EARLY]
    for sign, clause in _STARTS:
        if early.startswith(sign) and (b"\0" in early or not sign.isalnum()):  # "ORCID," is a table
            return clause
    if _PAGE.match(early.removeprefix(b"\xef\xbb\xbf")):
        return "is a web page, not the file it is called: download it again"
    if early.startswith(b"MATLAB 7.3"):
        return "is MATLAB 7.3" + _HDF5
    if early[:1] == b"\x80" and early[1:2] in b"\2\3\4\5" and len(early) > 2:
        return _PICKLED
    if early[:4] == b"RIFF" and early[8:12] in (b"WAVE", b"AVI "):
        return _FILM
    if early[4:8] == b"ftyp":
        return _BY_ENDING["heic"] if early[8:12] in (b"heic", b"heix", b"mif1", b"avif") else _FILM
    if start[128:132] == b"DICM":
        return _BY_ENDING["dcm"]
    if b"<svg" in early:
        return _BY_ENDING["svg"]
    if early.lstrip().startswith(b"<?xml"):
        return "is XML. In Python: pandas.read_xml({file}).to_csv({csv}, index=False)"
    if _JSON.match(early):
        if b'"cell_type"' in early:
            return _BY_ENDING["ipynb"]
        lines = ", lines=True" if b"}\n{" in early else ""
        return f"is JSON. In Python: pandas.read_json({{file}}{lines}).to_csv({{csv}}, index=False)"
    return ""


def _ending(name: str) -> str:
    found = _LAST.search(re.sub(r"\.(gz|bz2|xz)$", "", name.lower()))
    return found[1] if found else ""


def _filled(clause: str, name: str) -> str:
    """A clause with the file's name in its line of Python, and that of what comes of it."""
    packed = ".gz" if name.lower().endswith(".gz") else ""
    if clause is _PICKLED and packed:
        clause = _PICKLED_GZ
    fits = len(name) <= _LONGEST_NAME and re.fullmatch(r"[\w .-]+", name)
    known = name if fits else f"data.{_ending(name) or 'bin'}{packed}"
    made = {of: repr(f"{known.split('.')[0] or 'data'}.{of}") for of in ("npz", "npy", "csv")}
    return clause.format(file=repr(known), **made)
