"""What a call does: library functions by name, methods by what their object was made by, local ones by their bodies."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

from cst_tools import vocabulary as words
from cst_tools.module_facts import ModuleFacts
from cst_tools.names import root_name
from cst_tools.partitions import Partitions
from cst_tools.shapes import dotted, snake_case
from cst_tools.types import Role
from cst_tools.walking import walk

LIBRARIES = words.words_of(
    "sklearn numpy pandas scipy torch tensorflow keras xgboost lightgbm catboost optuna matplotlib seaborn os "
    "sys re json math random time datetime logging argparse pathlib collections itertools functools typing "
    "warnings click typer polars transformers datasets imblearn category_encoders joblib pickle tqdm nltk "
    "spacy statsmodels plotly hydra omegaconf copy string glob shutil gc csv io statistics operator "
    "dataclasses wandb mlflow torchvision PIL cv2 skimage subprocess "
    "yaml toml tomllib dotenv requests sqlite3 h5py pyspark"
)


class CallJudge(ModuleFacts, ABC):
    """Judges calls. What a local function or class does is left to the class that reads bodies."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self.partitions = Partitions(tree)
        self._known: dict[int, Role | None] = {}
        self._named: dict[int, tuple[str, str, str, str | None]] = {}
        self._learnt = False
        self.statistics: set[str] = set()
        """Variables that hold means, deviations or extremes."""
        self.kinds: dict[str, set[Role]] = {}
        """Variable (``clf``, ``self.scaler``) to the roles of what is assigned to it."""

    def learn_kinds(self) -> None:
        """Fill ``kinds`` from the assignments; once the local functions can be judged."""
        for name, value in self.assigned:
            role = self.kind_of(value)
            if role is not None:
                self.kinds.setdefault(name, set()).add(role)
            called = value.func if isinstance(value, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in words.STATISTICS:
                self.statistics.add(name)
        for name, value in self.appended:
            for part in walk(value):
                role = self.kind_of(part) if isinstance(part, ast.Call) else None
                if role in (Role.EVALUATE, Role.PREDICT):
                    self.kinds.setdefault(name, set()).add(role)
                    break

    @abstractmethod
    def local_role(self, qualified: str, shown: str) -> tuple[Role, str] | None:
        """Role of a call of the script's own function."""

    @abstractmethod
    def class_role(self, node: ast.ClassDef) -> Role:
        """Role of a class of the script."""

    def kind_of(self, value: ast.expr) -> Role | None:
        """Role of the object an expression makes: a model, a splitter, a search, predictions, a metric."""
        if isinstance(value, ast.Subscript):
            return Role.PREDICT if self.kind_of(value.value) is Role.PREDICT else None
        if not isinstance(value, ast.Call):
            return None
        role = self.call_role(value)
        if role is None and isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Call):
            return self.kind_of(value.func.value)  # Net().to(device)
        if role is not None and role[0] is Role.TRAIN and isinstance(value.func, ast.Attribute):
            return self.kind_of(value.func.value) or Role.MODEL
        return role[0] if role is not None else None

    def call_role(self, call: ast.Call) -> tuple[Role, str] | None:
        """Role of one call by itself, and the words for it."""
        known_name = self._named.get(id(call))
        if known_name is None:
            known_name = self._named[id(call)] = self._name_of(call)
        name, last, shown, local = known_name
        if local is not None:
            return self.local_role(local, shown)
        if last in self.classes and isinstance(call.func, ast.Name):
            role = self.class_role(self.classes[last])
            return (role, f"makes a {last}") if role is not Role.OTHER else None
        known = self._library_role(call, name, last) if id(call) not in self._known else self._known[id(call)]
        if self._learnt:
            self._known[id(call)] = known
        return (known, f"calls {shown}") if known is not None else None

    def _name_of(self, call: ast.Call) -> tuple[str, str, str, str | None]:
        """Qualified name, its last part, the name as it is shown, and the local function: the same at every look."""
        name = self.qualified(call.func)
        last = name.rpartition(".")[2]
        shown = last if isinstance(call.func, ast.Name) else dotted(call.func) or f".{last}"
        return name, last, shown, self.local_function(call)

    def _library_role(self, call: ast.Call, name: str, last: str) -> Role | None:
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        variable = root_name(base) if base is not None else None
        kinds = self.kinds.get(variable or "", set())
        is_module = variable is not None and variable.split(".")[0] in self.imports
        if last in words.SPLIT_CALLS:
            return Role.SPLIT
        if last in words.ORDER_CALLS and self._orders_divided_rows(call, last):
            return Role.SPLIT
        if last == "split" and base is not None:
            splitter = Role.SPLIT in kinds or bool(words.SPLITTER_NAME.search((variable or "").rpartition(".")[2]))
            if isinstance(base, ast.Call):
                splitter = self.kind_of(base) is Role.SPLIT
            return Role.SPLIT if splitter and not isinstance(base, ast.Constant) else None
        if last in words.TUNE_CALLS and not (last == "optimize" and is_module):
            return Role.TUNE
        if name.startswith(("lightgbm.cv", "xgboost.cv", "catboost.cv")):
            return Role.EVALUATE
        if name in ("lightgbm.train", "xgboost.train"):
            return Role.TRAIN
        if last in words.ENSEMBLE_CALLS:
            return Role.ENSEMBLE
        if last in ("fit", "partial_fit", "fit_generator"):
            if isinstance(base, ast.Call):
                made = self.kind_of(base)
                return made if made in (Role.PREPROCESS, Role.TUNE) else Role.TRAIN
            return self._fit_role(kinds, variable)
        if last == "evaluate" and base is None and last not in self.imports:
            return Role.EVALUATE
        if name.startswith(("sklearn.metrics.", "torchmetrics.")) or last in words.EVALUATE_CALLS:
            return None if last in ("score", "auc") and base is None and name == last else Role.EVALUATE
        if name in words.SUBMIT_QUALIFIED or (last in words.SUBMIT_CALLS and last not in ("dump",)):
            return Role.SUBMIT
        if last == "save" and base is not None and not is_module:
            return Role.SUBMIT
        if name in words.LOAD_QUALIFIED or words.LOAD_PREFIX.match(name):
            return Role.LOAD
        if last in ("Pipeline", "make_pipeline"):
            return Role.MODEL if self._mentions_model(call) else Role.PREPROCESS
        if name.startswith("torch.nn.functional."):
            return None  # layers and losses alike: what surrounds them tells
        if name.startswith("evaluate."):
            return Role.EVALUATE
        if last in words.MODEL_CALLS or words.MODEL_NAME.match(last) or words.LAYER_MODULE.match(name):
            return Role.TRAIN if last.endswith("Loss") else Role.MODEL
        if last == "from_pretrained" and base is not None:
            inner = self.qualified(base).rpartition(".")[2]
            return Role.PREPROCESS if "Token" in inner or "Processor" in inner or "Extractor" in inner else Role.MODEL
        if words.TRAIN_CONFIG.match(name) or last in words.TRAIN_CONFIG_CALLS:
            return Role.TRAIN
        if last in words.LOAD_CALLS and (last not in ("data", "reader", "connect") or is_module):
            return Role.LOAD
        if last == "train" and base is not None:
            return Role.TRAIN
        if last in ("validate", "test") and base is not None and Role.TRAIN in kinds:
            return Role.EVALUATE
        if ".read." in name:
            return Role.LOAD  # spark.read.csv
        if last == "compile" and base is not None and not is_module:
            return Role.TRAIN
        if last == "step" and base is not None:
            return Role.TRAIN
        if last in words.TRAIN_CALLS:
            return Role.TRAIN
        if last in words.PREDICT_CALLS:
            return Role.PREDICT
        if last == "transform" and base is not None:
            if self._is_grouped(base):
                return Role.FEATURES  # df.groupby("city")["price"].transform("mean")
            if kinds and kinds <= {Role.MODEL, Role.TRAIN}:
                return Role.PREDICT  # a fitted model of Spark
        if last in words.PREPROCESS_CALLS and not (last == "transform" and isinstance(base, ast.Call)):
            return Role.PREPROCESS
        if base is None and isinstance(call.func, ast.Name) and Role.MODEL in self.kinds.get(call.func.id, set()):
            return Role.PREDICT  # a network called on a batch
        if name.startswith("sklearn."):
            return None
        if last in words.CLEAN_CALLS and base is not None and not isinstance(base, ast.Constant):
            return Role.CLEAN
        if last in words.FEATURE_CALLS and base is not None and not isinstance(base, ast.Constant):
            return Role.FEATURES
        return self._imported_role(call, name)

    def _orders_divided_rows(self, call: ast.Call, last: str) -> bool:
        """``df.sample(frac=1)``, ``random.shuffle(rows)``, ``df.sort_values("date")`` before rows go by position."""
        if not self.partitions.ordered:
            return False
        if last == "sample" and not any(
            k.arg == "frac" and isinstance(k.value, ast.Constant) and k.value.value == 1 for k in call.keywords
        ):
            return False
        names = {root_name(argument) for argument in call.args if last == "shuffle"}
        if isinstance(call.func, ast.Attribute):
            names.add(root_name(call.func.value))
        return bool(names & self.partitions.ordered)

    def _is_grouped(self, base: ast.expr) -> bool:
        return any(isinstance(n, ast.Attribute) and n.attr in ("groupby", "group_by", "rolling") for n in walk(base))

    def _imported_role(self, call: ast.Call, name: str) -> Role | None:
        """A function of a module we do not know (the user's own, most often): what its name says."""
        func = call.func
        known = name.split(".")[0] in LIBRARIES
        if isinstance(func, ast.Name) and func.id in self.imports and not known:
            if func.id[:1].isupper():
                return Role.MODEL if words.MODEL_VARIABLE.search(snake_case(func.id)) else None
            return words.role_of_name(func.id)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id in self.imports:
            return None if known else words.role_of_name(func.attr)
        return None

    def _fit_role(self, kinds: set[Role], variable: str | None) -> Role:
        name = variable or ""
        for role, pattern in ((Role.TUNE, words.TUNE_VARIABLE), (Role.PREPROCESS, words.PREPROCESS_VARIABLE)):
            if role in kinds and not (Role.MODEL in kinds and role is Role.PREPROCESS):
                return role
            if not kinds and pattern.search(name) and not words.MODEL_VARIABLE.search(name):
                return role
        return Role.TRAIN

    def _mentions_model(self, call: ast.Call) -> bool:
        for node in walk(call):
            if node is call or node is call.func:
                continue
            if isinstance(node, ast.Call):
                last = self.qualified(node.func).rpartition(".")[2]
                if last in words.MODEL_CALLS or words.MODEL_NAME.match(last) or last in words.ENSEMBLE_CALLS:
                    return True
                found = self.call_role(node)
                if found and found[0] is Role.MODEL and last not in ("Pipeline", "make_pipeline"):
                    return True
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                kinds = self.kinds.get(node.id, set())
                if kinds & {Role.MODEL, Role.ENSEMBLE, Role.TUNE}:
                    return True
                if not kinds and node.id not in self.imports and words.MODEL_VARIABLE.search(node.id):
                    return True
        return False
