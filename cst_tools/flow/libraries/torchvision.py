"""torchvision and timm: data sets that come in a training and a test part, and ready networks."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("torchvision", "timm", "segmentation_models_pytorch", "efficientnet_pytorch")

_NETWORK = Spec(Act.MODEL, evaluation=("validation_data",))
NAMES: Names = {
    **names(
        "MNIST FashionMNIST KMNIST EMNIST QMNIST CIFAR10 CIFAR100 SVHN STL10 ImageFolder DatasetFolder Food101 "
        "Flowers102 OxfordIIITPet Caltech101 Caltech256 CelebA ImageNet GTSRB StanfordCars",
        Spec(Act.NAMED_PART),
    ),
    **names(
        "resnet18 resnet34 resnet50 resnet101 resnet152 vgg11 vgg16 vgg19 alexnet densenet121 densenet161 "
        "mobilenet_v2 mobilenet_v3_small mobilenet_v3_large efficientnet_b0 efficientnet_b1 squeezenet1_0 "
        "inception_v3 googlenet vit_b_16 swin_t convnext_tiny create_model Unet UnetPlusPlus FPN DeepLabV3",
        _NETWORK,
    ),
}
