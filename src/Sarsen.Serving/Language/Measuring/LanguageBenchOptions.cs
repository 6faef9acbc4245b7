using Sarsen.Nn;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language.Measuring;

/// <summary>What a <see cref="LanguageBench"/> measures.</summary>
public sealed record LanguageBenchOptions
{
    /// <summary>The most clients at once.</summary>
    public const int MostClients = 256;

    /// <summary>Tokens of a prompt, from 1.</summary>
    public int Prompt { get; init; } = 512;

    /// <summary>Tokens that are generated, from 1.</summary>
    public int Generate { get; init; } = 128;

    /// <summary>How many clients send prompts at the same time, one case each; from 1 to <see cref="MostClients"/>. None leaves the server out.</summary>
    public IReadOnlyList<int> Clients { get; init; } = [1, 4, 8];

    /// <summary>How often each is measured, from 1, behind a first time that does not count.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How keys and values are cached.</summary>
    public KvType KvType { get; init; } = KvType.F16;

    /// <summary>Who computes; the whole worker set when null.</summary>
    public Workers? Workers { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range, or prompt and answer are longer than the model's context.</exception>
    public void Validate(int contextLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Prompt, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Generate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Rounds, 1);
        foreach (int clients in Clients)
        {
            if (clients is < 1 or > MostClients)
                throw new ArgumentOutOfRangeException(nameof(Clients), clients, $"there are from 1 to {MostClients} clients");
        }
        if ((long)Prompt + Generate > contextLength)
            throw new ArgumentOutOfRangeException(nameof(Prompt), Prompt, $"a prompt of {Prompt} and an answer of {Generate} tokens are longer than the context of {contextLength}: make one of them shorter");
    }
}
