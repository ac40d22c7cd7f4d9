"""The place where an attempt may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.workspace.attempt_folders import remove_folder as remove_folder
    from ropewalk.workspace.cleanup import folders_kept as folders_kept, run_folders as run_folders
    from ropewalk.workspace.cleanup import runs_with_folders as runs_with_folders
    from ropewalk.workspace.folder import FolderWorkspace as FolderWorkspace
    from ropewalk.workspace.gathering import Caps as Caps
    from ropewalk.workspace.git import OLDEST_GIT as OLDEST_GIT, git_version as git_version
    from ropewalk.workspace.ground import attempts_path as attempts_path
    from ropewalk.workspace.judging.globs import leads_out as leads_out
    from ropewalk.workspace.landing import in_the_way as in_the_way
    from ropewalk.workspace.names import attempt_name as attempt_name, listed as listed, slug as slug
    from ropewalk.workspace.owned import Owning as Owning
    from ropewalk.workspace.report import conflicts_as_markdown as conflicts_as_markdown
    from ropewalk.workspace.seen import is_seen as is_seen
    from ropewalk.workspace.worktree import GitWorkspace as GitWorkspace
else:
    __getattr__ = lazy(
        __name__,
        {
            "workspace.attempt_folders": "remove_folder",
            "workspace.cleanup": "folders_kept run_folders runs_with_folders",
            "workspace.folder": "FolderWorkspace",
            "workspace.gathering": "Caps",
            "workspace.git": "OLDEST_GIT git_version",
            "workspace.ground": "attempts_path",
            "workspace.judging.globs": "leads_out",
            "workspace.landing": "in_the_way",
            "workspace.names": "attempt_name listed slug",
            "workspace.owned": "Owning",
            "workspace.report": "conflicts_as_markdown",
            "workspace.seen": "is_seen",
            "workspace.worktree": "GitWorkspace",
        },
    )
