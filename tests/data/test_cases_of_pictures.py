"""Pictures as classes and courses hand them out, with what people expect."""

import io
import unicodedata

import numpy as np
from PIL import Image

from tests.data.judging.test_understanding import asked
from tests.data.reading.test_uploads import zipped
from tests.data.test_cases import DIGITS, FLAT, LABELS, N, about, brought, in_folders, is_of


def png(array, mode=None):
    file = io.BytesIO()
    Image.fromarray(array, mode).save(file, "PNG")
    return file.getvalue()


def test_t16_ink_on_a_transparent_ground_is_seen():
    clear = np.zeros((N, 9, 9, 4), np.uint8)
    clear[..., 3] = DIGITS
    files = {
        f"{label}/{i}.png": png(of) for i, (of, label) in enumerate(zip(clear, LABELS, strict=True))
    }
    data = is_of(brought({"black.zip": zipped(files)}), N, (9, 9), 3)
    assert np.ptp(data.train.images) > 200


def test_t17_bad_pictures_are_named_and_the_good_ones_read():
    files = in_folders(names=np.array(["A", "B", "C"])[LABELS])
    files |= {"A/RGVtb2Nyb3RlLnR0Zg==.png": b"", "B/Q3Jvc3NvdmVy.png": b"\x89PNG\r\n\x1a\nbroken"}
    found = brought({"notMNIST.zip": zipped(files)})
    is_of(found, N, (9, 9), 3)
    assert about(found, "2 pictures") or about(found, "RGVtb2Nyb3RlLnR0Zg")


def test_t25_folders_stand_in_their_natural_order():
    files = in_folders(names=np.arange(N) % 12)
    data = is_of(brought({"folders.zip": zipped(files)}), N, (9, 9), 12)
    assert data.classes == tuple(map(str, range(12)))


def test_t28_photos_stand_upright_as_their_notes_say():
    files = {}
    for i, (of, label) in enumerate(zip(DIGITS, LABELS, strict=True)):
        image, file = Image.fromarray(np.rot90(of)), io.BytesIO()
        exif = image.getexif()
        exif[0x0112] = 6  # the camera was turned
        image.save(file, "JPEG", exif=exif, quality=95)
        files[f"{label}/IMG_{i}.JPG"] = file.getvalue()
    data = is_of(brought({"photos.zip": zipped(files)}), N, (9, 9), 3)
    whole = np.concatenate([data.train.images, data.test.images]).astype(int)
    far = np.abs(whole[:, None] - FLAT[None].astype(int)).mean(axis=2).min(axis=1)
    assert far.max() < 20


def test_t29_an_offer_to_exchange_light_and_dark():
    files = in_folders(255 - DIGITS)
    found = brought({"scans.zip": zipped(files)})
    question = asked(found, "inverted")
    assert question.suggested
    data = is_of(brought({"scans.zip": zipped(files)}, inverted=True), N, (9, 9), 3)
    whole = np.concatenate([data.train.images, data.test.images])
    assert {*map(bytes, whole)} == {*map(bytes, FLAT)}
    wide = {f"{i % 3}/wide {i}.png": png(np.full((6, 12), 250, np.uint8)) for i in range(3)}
    mixed = brought({"scans.zip": zipped(files | wide)})
    assert asked(mixed, "side") is not None
    light = np.concatenate([mixed.data.train.images, mixed.data.test.images])
    assert light.reshape(len(light), *mixed.data.shape)[:, 0].min() > 200


def test_t35_names_are_as_they_are():
    names = np.array(["Käse", "Brötchen", "Nüsse"])[LABELS]
    apart = [unicodedata.normalize("NFD", of) for of in names]
    files = in_folders(names=apart) | {"__MACOSX/._Käse": b"hidden", "Käse/.DS_Store": b"hidden"}
    data = is_of(brought({"macos.zip": zipped(files)}), N, (9, 9), 3)
    assert data.classes == ("Brötchen", "Käse", "Nüsse")
