"""The Word report of a province's year as it is downloaded, against python-docx opening and saving its equal.

The budget is two seconds (issue 4): ``value`` is in milliseconds.
"""

from io import BytesIO

from docx import Document

from tests.bench.data import World
from tests.bench.measure import Pair, browser

LIMIT = 6


def pair(world: World) -> Pair:
    """150 communes, with a history, so that every comparison has its figures."""
    client = browser(world.viewer)
    del client.defaults["HTTP_ACCEPT_ENCODING"]  # a .docx is compressed already
    address = f"/documents/province-{world.old.code}/{world.year}/word/"

    def download() -> bytes:
        response = client.get(address)
        assert response.status_code == 200, response.status_code
        return response.content

    document = download()
    assert len(Document(BytesIO(document)).tables[-1].rows) > 150

    def same_document() -> None:
        Document(BytesIO(document)).save(BytesIO())

    return Pair(download, same_document)
