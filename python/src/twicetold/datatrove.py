"""A step of a datatrove pipeline.

    from twicetold.datatrove import Dedup
    LocalPipelineExecutor([JsonlReader("in"), Dedup(removed=JsonlWriter("removed")), JsonlWriter("out")]).run()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from datatrove.pipeline.base import PipelineStep

from . import Error
from . import dedup as _dedup

if TYPE_CHECKING:
    from datatrove.data import DocumentsPipeline
    from datatrove.pipeline.writers.disk_base import DiskWriter
    from typing_extensions import Unpack

    from ._types import DedupOptions

__all__ = ["Dedup"]


class Dedup(PipelineStep):  # type: ignore[misc]
    """Passes on the documents to keep, in their order, as `twicetold.dedup`.

    removed: a writer that is given the other documents, whose metadata say why: kept (the id of the document that is
    kept instead), relation, resemblance, overlap. options: those of `twicetold.dedup`. Documents are compared with those
    of the same task, and all of them are held in memory: run one task, or for more than a machine holds use
    `twicetold.spark`. Ids need not be unique.
    """

    type = "🫂 - DEDUPS"
    name = "🪞 twicetold"

    def __init__(self, removed: Optional["DiskWriter"] = None, **options: Unpack[DedupOptions]):
        super().__init__()
        self.removed = removed
        self.options = options

    def run(self, data: "DocumentsPipeline" = None, rank: int = 0, world_size: int = 1) -> "DocumentsPipeline":
        if world_size > 1 and rank == 0:
            self.stat_update("tasks that are compared each by itself", value=world_size)
        documents = list(data or ())
        rows = [{"id": n, "text": d.text} for n, d in enumerate(documents)]
        with self.track_time():
            try:
                kept, gone = _dedup(rows, removed=True, **self.options) if rows else ([], [])
            except Error as error:
                raise type(error)(f"rank {rank}: {error}", error.status, error.where) from error
        for row in kept:
            self.stat_update("kept")
            yield documents[row["id"]]
        if self.removed is None:
            self.stat_update("removed", value=len(documents) - len(kept))
            return
        with self.removed as writer:
            for row in gone:
                document = documents[row["id"]]
                why = {name: row[name] for name in ("relation", "resemblance", "overlap")}
                document.metadata.update(kept=documents[row["kept"]].id, **why)
                self.stat_update("removed")
                writer.write(document, rank)
