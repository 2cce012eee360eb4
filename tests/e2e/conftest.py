"""Puts the helpers of this folder on the path: a name like ``tests`` may be another package's."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
