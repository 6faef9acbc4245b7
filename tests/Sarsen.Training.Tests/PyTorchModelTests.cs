using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Training.Tests;

/// <summary>A network that PyTorch trained, read by the names of its state dict, scores here what it scores there.</summary>
public sealed class PyTorchModelTests
{
    private const string Weights = "models/burn-mnist-cnn/mnist.safetensors";
    private const string Images = "datasets/mnist/t10k-images-idx3-ubyte.gz", Labels = "datasets/mnist/t10k-labels-idx1-ubyte.gz";

    private static NetworkDefinition Definition { get; } = new()
    {
        InputShape = [1, 28, 28],
        Layers =
        [
            new Conv2dSpec { Name = "conv1", OutChannels = 8, Activation = ActivationKind.Relu },
            new Conv2dSpec { Name = "conv2", OutChannels = 16, Activation = ActivationKind.Relu },
            new Conv2dSpec { Name = "conv3", OutChannels = 24, Activation = ActivationKind.Relu },
            new BatchNormSpec { Name = "norm1" },
            new FlattenSpec(),
            new LinearSpec { Name = "fc1", OutFeatures = 32, Activation = ActivationKind.Relu },
            new LinearSpec { Name = "fc2", OutFeatures = 10 },
            new BatchNormSpec { Name = "norm2" },
        ],
    };

    [DataFact(Weights, Images, Labels)]
    public void A_cnn_of_three_convolutions_reaches_991_on_mnist()
    {
        Network network = Network.Build(Definition);
        ModelFolder.ReadWeights(network, TestData.PathOf(Weights));
        using ArrayReader images = IdxFile.Open(TestData.PathOf(Images)), labels = IdxFile.Open(TestData.PathOf(Labels));
        byte[] truth = labels.ReadAll().ToArray<byte>();
        byte[] pixels = new byte[500 * images.RowBytes];
        using var arena = new Arena();
        int right = 0, seen = 0;
        for (int rows; (rows = images.ReadRows(pixels)) > 0; seen += rows)
        {
            using Scope scope = arena.Begin(Mode.Inference);
            Tensor x = scope.From<float>([.. pixels.Take(rows * 784).Select(p => (p / 255f - 0.1307f) / 0.3081f)], new Shape(rows, 1, 28, 28));
            float[] scores = network.Body.Call(x).ToArray<float>();
            for (int i = 0; i < rows; i++)
            {
                float[] row = scores[(i * 10)..(i * 10 + 10)];
                right += Array.IndexOf(row, row.Max()) == truth[seen + i] ? 1 : 0;
            }
        }

        seen.ShouldBe(10_000);
        (right / 10_000.0).ShouldBeGreaterThanOrEqualTo(0.991);
    }
}
