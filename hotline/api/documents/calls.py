"""What is answered to the telephone system."""

from typing import Annotated

from pydantic import Field

from hotline.api.documents.base import Document


class CallOut(Document):
    """A call as it stands now."""

    call: str
    agent: str
    state: str
    is_caller_known: Annotated[bool, Field(description="false when the number is hidden or cannot be one")]
