namespace Sarsen.Tensors.Tests;

public unsafe class InitialisersTests
{
    [Theory]
    [InlineData(5, 5)]
    [InlineData(3, 8)]
    [InlineData(40, 12)]
    [InlineData(1, 1)]
    public void Orthogonal_has_an_orthonormal_shorter_side(int rows, int columns)
    {
        double[] q = new double[rows * columns];
        fixed (double* p = q)
            new Rng(1, "orthogonal").Orthogonal(p, rows, columns, gain: 2);
        bool wide = rows <= columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                double dot = 0;
                for (int k = 0; k < length; k++)
                    dot += wide ? q[a * columns + k] * q[b * columns + k] : q[k * columns + a] * q[k * columns + b];
                dot.ShouldBe(a == b ? 4 : 0, 1e-12);
            }
        }
    }

    [Fact]
    public void Fans_and_bounds_are_those_of_PyTorch()
    {
        Initialisers.Fans(new Shape(64, 32, 3, 3)).ShouldBe((288, 576));
        Should.Throw<ShapeException>(() => Initialisers.Fans(new Shape(3)));
        Initialisers.XavierUniform(288, 576).ShouldBe(Math.Sqrt(6.0 / 864), 1e-15);
        Initialisers.XavierNormal(10, 30, 2).ShouldBe(2 * Math.Sqrt(2.0 / 40), 1e-15);
        // torch.nn.Linear: kaiming_uniform with a = √5 is the bound 1 / √fan_in.
        Initialisers.KaimingUniform(100, Initialisers.Gain("leaky_relu", Math.Sqrt(5))).ShouldBe(0.1, 1e-15);
        Initialisers.KaimingNormal(50, Initialisers.Gain("relu")).ShouldBe(0.2, 1e-15);
        Should.Throw<ArgumentException>(() => Initialisers.Gain("swoosh"));
    }
}
