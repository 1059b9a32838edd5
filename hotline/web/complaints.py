"""What does a page say of a form that was refused: at each field, and at its head?"""

from collections.abc import Mapping
from typing import Any

from hotline.web.errors import Problem, problem_of_refusal
from workflows.errors import Refused


def complaints_of(problem: Problem | None, labels: Mapping[str, str], at: str = "{}") -> dict[str, Any]:
    """Sort what is wrong by field, and list it for a page's head; `at` makes an id of a field's name."""
    complaints: dict[str, list[str]] = {}
    for error in problem.errors if problem else ():
        complaints.setdefault(error["field"], []).append(error["message"])
    summary = [
        (at.format(name), f"{labels.get(name, name)}：{text}")
        for name in complaints
        for text in complaints[name]
    ]
    return {"complaints": complaints, "summary": summary}


def frame_of(refusal: Refused | None, labels: Mapping[str, str], at: str = "{}") -> dict[str, Any]:
    """Give all a page needs to come back with what was refused; nothing is wrong without a refusal."""
    problem = None if refusal is None else problem_of_refusal(refusal)
    return {
        "status": problem.status if problem else 200,
        "problem": problem,
        "has_errors": problem is not None,
        **complaints_of(problem, labels, at),
    }
