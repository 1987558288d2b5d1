"""The modules of the harness are found beside it: `import fuzz_run`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
