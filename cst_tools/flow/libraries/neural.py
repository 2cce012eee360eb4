"""keras, tensorflow, torch, lightning, skorch."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names
from cst_tools.flow.values import Learns

PACKAGES = (
    "keras",
    "tensorflow",
    "torch",
    "torchvision",
    "tf_keras",
    "pytorch_lightning",
    "lightning",
    "skorch",
    "keras_preprocessing",
)

_NETWORK = Spec(Act.MODEL, evaluation=("validation_data",))
NAMES: Names = {
    "ImageDataGenerator": Spec(Act.TRANSFORMER),
    **names("Sequential Model", _NETWORK),
    **names("EarlyStopping ModelCheckpoint", Spec(Act.CALLBACK)),
    **names("Tokenizer", Spec(Act.TRANSFORMER, Learns.TEXT, fit_methods=("fit_on_texts", "fit_on_sequences"))),
    **names("TextVectorization", Spec(Act.TRANSFORMER, Learns.TEXT, fit_methods=("adapt",))),
    **names("Normalization Discretization", Spec(Act.TRANSFORMER, Learns.SCALE, fit_methods=("adapt",))),
    **names(
        "StringLookup IntegerLookup CategoryEncoding", Spec(Act.TRANSFORMER, Learns.CATEGORIES, fit_methods=("adapt",))
    ),
    **names("TensorDataset DataLoader from_tensor_slices Subset", Spec(Act.BUNDLE)),
    **names("randn rand randn_like rand_like normal", Spec(Act.LOAD)),
    **names("ConcatDataset ChainDataset", Spec(Act.CONCAT)),
    "random_split": Spec(Act.PART_SPLIT),
    **names("DataParallel DistributedDataParallel", Spec(Act.CLONE)),
    **names(
        "tensor as_tensor from_numpy FloatTensor LongTensor Tensor convert_to_tensor constant cast stack sigmoid "
        "softmax "
        "argmax max round relu squeeze unsqueeze flatten to_categorical pad_sequences reshape expand_dims float32 abs "
        "sqrt square pow where exp log log1p",
        Spec(Act.PASS),
    ),
    **names("cat concat concatenate vstack hstack", Spec(Act.CONCAT)),
    **names("mean std var median", Spec(Act.AGGREGATE, axis_rows=None)),
    **names(
        "reduce_mean reduce_std reduce_variance reduce_max reduce_min amax amin std_mean",
        Spec(Act.AGGREGATE, axis_rows=None),
    ),
    **names("sum", Spec(Act.REDUCE)),
    **names("mae mse mean_absolute_error mean_squared_error", Spec(Act.ROW_ERRORS)),
    **names("Module LightningModule", Spec(Act.MODULE_BASE)),
    **names("arange randperm", Spec(Act.INDEX)),
    "load_data": Spec(Act.LOAD_PARTS),
    **names(
        "CrossEntropyLoss BCELoss BCEWithLogitsLoss MSELoss L1Loss NLLLoss SmoothL1Loss HuberLoss Adam SGD AdamW "
        "RMSprop "
        "manual_seed set_seed summary plot_model",
        Spec(Act.IGNORE),
    ),
    **names("cross_entropy mse_loss binary_cross_entropy l1_loss binary_cross_entropy_with_logits", Spec(Act.METRIC)),
}
