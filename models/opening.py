"""Opening a model folder: an ONNX Runtime session and a tokenizer, both as the int8 models need them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.card import FOLDER_HOLDS, MODEL, TOKENIZER, check_size
from models.errors import ModelFilesError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

_ERRORS_ONLY = 3


def open_session(folder: Path, threads: int = 1) -> InferenceSession:
    """The model of a folder on the CPU.

    threads: cores that one run uses. `run` may be called from several threads at once: with threads=1 each run
    stays in its caller's thread, so that one session serves them all.
    Raises ModelFilesError where the file is missing or damaged.
    """
    path = check_size(folder, MODEL)
    from onnxruntime import InferenceSession

    try:
        return InferenceSession(str(path), _options(threads), providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no base of their own
        raise ModelFilesError(f"{path} is not a model that ONNX Runtime opens: {error}. {FOLDER_HOLDS}") from error


def _options(threads: int) -> SessionOptions:
    from onnxruntime import SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Idle threads that spin slow down every other session of the process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    # Every length is another shape: remembered memory patterns would only grow.
    options.enable_mem_pattern = False
    return options


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a folder, which neither truncates nor pads.

    Raises ModelFilesError where the file is missing or damaged.
    """
    path = check_size(folder, TOKENIZER)
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises Exception itself
        raise ModelFilesError(f"{path} is not a tokenizer: {error}. {FOLDER_HOLDS}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
