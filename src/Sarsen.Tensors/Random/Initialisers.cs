using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors;

/// <summary>
/// Bounds and deviations of the weight initialisers, and the orthogonal one. Fills themselves are those of
/// <see cref="RngFill"/>: Xavier uniform is <c>rng.Uniform(w, p, n, -b, b)</c> with b = <see cref="XavierUniform"/>.
/// Sources: Glorot, Bengio, AISTATS 2010; He et al., ICCV 2015; Saxe et al., ICLR 2014; names as torch.nn.init.
/// </summary>
public static class Initialisers
{
    /// <summary>Fan-in and fan-out of a weight (out, in, kernel...): in and out times the kernel's size.</summary>
    /// <exception cref="ShapeException">Less than two dimensions.</exception>
    public static (long In, long Out) Fans(Shape weight)
    {
        if (weight.Rank < 2)
            throw new ShapeException($"Fans: a weight of at least two dimensions (out, in, ...) is expected, {weight} was given");
        long kernel = 1;
        for (int d = 2; d < weight.Rank; d++)
            kernel *= weight[d];
        return (weight[1] * kernel, weight[0] * kernel);
    }

    /// <summary>torch.nn.init.calculate_gain: linear, conv and sigmoid 1, tanh 5/3, relu √2, leaky relu √(2 / (1 + slope²)), selu 3/4.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static double Gain(string nonlinearity, double slope = 0.01) => nonlinearity switch
    {
        "linear" or "conv" or "sigmoid" => 1,
        "tanh" => 5.0 / 3,
        "relu" => Math.Sqrt(2),
        "leaky_relu" => Math.Sqrt(2 / (1 + slope * slope)),
        "selu" => 0.75,
        _ => throw new ArgumentException($"gain: '{nonlinearity}' is unknown; expected linear, conv, sigmoid, tanh, relu, leaky_relu or selu"),
    };

    /// <summary>The bound gain · √(6 / (in + out)): uniform in ± it.</summary>
    public static double XavierUniform(long fanIn, long fanOut, double gain = 1) => gain * Math.Sqrt(6.0 / (fanIn + fanOut));

    /// <summary>The deviation gain · √(2 / (in + out)).</summary>
    public static double XavierNormal(long fanIn, long fanOut, double gain = 1) => gain * Math.Sqrt(2.0 / (fanIn + fanOut));

    /// <summary>The bound gain · √(3 / fan): uniform in ± it.</summary>
    public static double KaimingUniform(long fan, double gain) => gain * Math.Sqrt(3.0 / fan);

    /// <summary>The deviation gain / √fan.</summary>
    public static double KaimingNormal(long fan, double gain) => gain / Math.Sqrt(fan);

    /// <summary>
    /// gain · Q of a (rows, columns) matrix whose shorter side is orthonormal, uniform over such matrices: a normal matrix
    /// made orthonormal in f64 by Gram and Schmidt's modified method, run twice (Giraud et al., 2005), which leaves R's
    /// diagonal positive and so needs no correction of signs.
    /// </summary>
    public static unsafe void Orthogonal(this Rng rng, float* destination, long rows, long columns, double gain = 1)
    {
        double[] wide = new double[checked(rows * columns)];
        fixed (double* p = wide)
            rng.Orthogonal(p, rows, columns, gain);
        for (long i = 0; i < wide.LongLength; i++)
            destination[i] = (float)wide[i];
    }

    /// <inheritdoc cref="Orthogonal(Rng, float*, long, long, double)"/>
    public static unsafe void Orthogonal(this Rng rng, double* destination, long rows, long columns, double gain = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        // Vectors lie along the longer side: there are `count` of them, `length` each.
        long count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        double[] vectors = new double[checked(count * length)];
        fixed (double* v = vectors)
        {
            rng.Normal(Workers.Serial, v, vectors.LongLength);
            for (long i = 0; i < count; i++)
                Orthonormalise(v, i, length);
            for (long i = 0; i < count; i++)
            {
                for (long j = 0; j < length; j++)
                    destination[rows <= columns ? i * columns + j : j * columns + i] = gain * v[i * length + j];
            }
        }
    }

    private static unsafe void Orthonormalise(double* vectors, long i, long length)
    {
        double* x = vectors + i * length;
        for (int pass = 0; pass < 2; pass++)
        {
            for (long k = 0; k < i; k++)
            {
                double* q = vectors + k * length;
                double dot = Dot(x, q, length);
                for (long j = 0; j < length; j++)
                    x[j] -= dot * q[j];
            }
        }
        double norm = Math.Sqrt(Dot(x, x, length));
        for (long j = 0; j < length; j++)
            x[j] /= norm;
    }

    private static unsafe double Dot(double* a, double* b, long n)
    {
        double sum = 0;
        for (long i = 0; i < n; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
