"""What is one call of the API: its address, its view and all that its document says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the API's table. `body` None with `is_upload` or `is_form` means another media type.

    `takes_version` marks calls of people about the state they saw; one that `keeps_nothing` needs no key to
    be repeated; `is_open` needs no token.
    """

    method: str
    path: str
    view: Callable[..., Response]
    tag: str
    answer: type[BaseModel] | None
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    takes_version: bool = False
    keeps_nothing: bool = False
    is_upload: bool = False
    is_open: bool = False

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def summary(self) -> str:
        """The view's own first sentence."""
        return (self.view.__doc__ or "").strip().splitlines()[0]
