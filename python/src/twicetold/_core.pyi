from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

Rejection = Tuple[int, Optional[str], int, Optional[str], str, str]

class Index:
    def stream(self, table: int) -> Any: ...
    def kept(self) -> bytearray: ...
    def summary(self, rejected: int, read: float, total: float) -> Dict[str, Any]: ...
    def write(self, fd: int, rejected: int, read: float, total: float) -> None: ...

class Builder:
    rejected: List[Rejection]
    accepted: bytes
    read_seconds: float
    def __init__(
        self, options: Dict[str, Any], sources: Optional[bytes], progress: Optional[Callable[[str, int, int], Any]]
    ) -> None: ...
    def read(
        self,
        paths: Tuple[bytes, ...],
        id_field: Optional[str],
        text_field: Optional[str],
        max_article_bytes: int,
        threads: int,
        kept: Optional[List[Any]],
    ) -> None: ...
    def add_rows(
        self, iterable: Iterable[Any], id: Optional[str], text: str, source: Optional[str], published: Optional[str]
    ) -> None: ...
    def add_stream(
        self,
        capsule: Any,
        id: Optional[str],
        text: str,
        source: Optional[str],
        published: Optional[str],
        id_needed: bool,
    ) -> None: ...
    def finish(self) -> Index: ...

def eval(result: Any, gold: Any) -> Dict[str, Dict[str, float]]: ...
def version() -> str: ...
def next_rows(capsule: Any) -> Optional[List[Dict[str, Any]]]: ...
