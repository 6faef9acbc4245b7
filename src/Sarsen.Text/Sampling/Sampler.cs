using System.Runtime.InteropServices;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Text.Sampling;

/// <summary>
/// Chooses the tokens of one answer. In this order: penalties and biases, the mask of a grammar, temperature, then of the
/// probabilities top-k, top-p, min-p and typical, each on what the one before left, and at last one draw by the seed and the
/// token's place in the answer. Equal logits are ordered by id. Nothing depends on what else runs, and after the first token
/// nothing is allocated.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly Rng _rng;
    private readonly Dictionary<int, int> _counts = [];
    private readonly HashSet<int> _prompt = [];
    private readonly int[] _candidates;
    private readonly double[] _weights;
    private readonly double[] _byToken;
    private readonly float[] _exponentials;
    private int _answered;

    /// <param name="options">How.</param>
    /// <param name="vocabularySize">Logits of a row.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Sampler(SamplingOptions options, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        options.Validate(vocabularySize);
        _options = options;
        _rng = new Rng(options.Seed, "sampling");
        (_candidates, _weights, _exponentials) = (new int[vocabularySize], new double[vocabularySize], new float[vocabularySize]);
        _byToken = options.TypicalP < 1 ? new double[vocabularySize] : [];
    }

    /// <summary>Tokens that were chosen so far.</summary>
    public int Answered => _answered;

    /// <summary>Tells the tokens of the prompt, which the repetition penalty looks at.</summary>
    public void Prompt(ReadOnlySpan<int> tokens)
    {
        if (_options.RepetitionPenalty == 1)
            return;
        foreach (int token in tokens)
            _prompt.Add(token);
    }

    /// <summary>Chooses the next token and counts it.</summary>
    /// <param name="logits">One for each token of the vocabulary; changed.</param>
    /// <param name="allowed">A bit for each token, set where a grammar allows it; empty where there is none.</param>
    /// <exception cref="ArgumentException">The logits are not as many as tokens, not finite, or the grammar allows none.</exception>
    public int Next(Span<float> logits, ReadOnlySpan<ulong> allowed = default)
    {
        if (logits.Length != _candidates.Length)
            throw new ArgumentException($"{_candidates.Length} logits expected, {logits.Length} given", nameof(logits));
        Penalise(logits);
        Mask(logits, allowed);
        int token = Choose(logits);
        _answered++;
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, token, out _)++;
        return token;
    }

    /// <summary>The logarithm of a token's probability by the model alone, before penalties, biases and temperature.</summary>
    public static double LogProbability(ReadOnlySpan<float> logits, int token) => logits[token] - LogSum(logits);

    /// <summary>The likeliest tokens by the model alone, the likeliest first.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="top">Filled with as many.</param>
    public static void Likeliest(ReadOnlySpan<float> logits, Span<TokenProbability> top)
    {
        double sum = LogSum(logits);
        int count = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            double value = logits[token] - sum;
            if (count == top.Length && (count == 0 || !(value > top[count - 1].LogProbability)))
                continue;
            int at = count < top.Length ? count++ : count - 1;
            for (; at > 0 && top[at - 1].LogProbability < value; at--)
                top[at] = top[at - 1];
            top[at] = new TokenProbability(token, value);
        }
        top[count..].Clear();
    }

    private void Penalise(Span<float> logits)
    {
        if (_options.RepetitionPenalty != 1)
        {
            foreach (int token in _prompt)
                Repeat(ref logits[token]);
            foreach (int token in _counts.Keys)
            {
                if (!_prompt.Contains(token))
                    Repeat(ref logits[token]);
            }
        }
        if (_options.FrequencyPenalty != 0 || _options.PresencePenalty != 0)
        {
            foreach ((int token, int count) in _counts)
                logits[token] -= (float)((count * _options.FrequencyPenalty) + _options.PresencePenalty);
        }
        foreach ((int token, double bias) in _options.LogitBias)
            logits[token] += (float)bias;
    }

    private void Repeat(ref float logit) => logit = (float)(logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty);

    private static void Mask(Span<float> logits, ReadOnlySpan<ulong> allowed)
    {
        if (allowed.IsEmpty)
            return;
        if (allowed.Length < (logits.Length + 63) / 64)
            throw new ArgumentException($"a bit for each of {logits.Length} tokens expected, {allowed.Length} words given", nameof(allowed));
        for (int token = 0; token < logits.Length; token++)
        {
            if ((allowed[token >> 6] >> (token & 63) & 1) == 0)
                logits[token] = float.NegativeInfinity;
        }
    }

    private int Choose(ReadOnlySpan<float> logits)
    {
        int best = Largest(logits);
        if (!float.IsFinite(logits[best]))
        {
            throw new ArgumentException(float.IsNegativeInfinity(logits[best])
                ? "no token is allowed: the grammar stands where nothing can follow"
                : $"the logit of token {best} is {logits[best]}: the model's weights or its arithmetic are broken", nameof(logits));
        }
        if (_options.Temperature == 0)
            return best;
        int count = Weigh(logits, logits[best]);
        if (_options.TopK > 0 || _options.TopP < 1 || _options.TypicalP < 1)
            count = Narrow(count);
        return Draw(count);
    }

    // Not a number wins over all, so that it is seen; else the first of equals.
    private static int Largest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int token = 1; token < logits.Length; token++)
        {
            if (logits[token] > logits[best] || float.IsNaN(logits[token]))
                best = token;
        }
        return best;
    }

    /// <summary>The candidates in the order of their ids with weights e^((logit - largest) / T), those left out that are less than min-p of the largest or vanish.</summary>
    private unsafe int Weigh(ReadOnlySpan<float> logits, float largest)
    {
        float scale = (float)(1 / _options.Temperature), least = (float)_options.MinP;
        for (int token = 0; token < logits.Length; token++)
            _exponentials[token] = (logits[token] - largest) * scale;
        fixed (float* values = _exponentials)
            Unary.Forward(Workers.Serial, default(Exp), values, values, logits.Length);
        int count = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            float weight = _exponentials[token];
            if (weight < least || weight == 0)
                continue;
            _candidates[count] = token;
            _weights[count++] = weight;
        }
        return count;
    }

    private int Narrow(int count)
    {
        double all = Sum(_weights.AsSpan(0, count));
        bool limited = _options.TopK > 0 && _options.TopK < count;
        if (limited || (_options.TopK == 0 && _options.TopP < 1))
            count = KeepHead(count, limited ? _options.TopK : 0, limited ? 0 : _options.TopP * all);
        Sort(_candidates.AsSpan(0, count), _weights.AsSpan(0, count));
        if (limited)
        {
            count = _options.TopK;
            all = Sum(_weights.AsSpan(0, count));
        }
        if (_options.TopP < 1)
            count = Reach(_weights.AsSpan(0, count), _options.TopP * all);
        if (_options.TypicalP < 1)
            count = Typical(_candidates.AsSpan(0, count), _weights.AsSpan(0, count));
        return count;
    }

    /// <summary>
    /// Leaves the heaviest candidates out of which the limits choose: at least so many, and at least that weight together. Few of
    /// a large vocabulary matter, and only those are sorted then.
    /// </summary>
    private int KeepHead(int count, int least, double weight)
    {
        for (double threshold = 0.1; threshold > 1e-30; threshold *= 0.1)
        {
            int heavy = 0;
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                bool counts = _weights[i] >= threshold;
                heavy += counts ? 1 : 0;
                sum += counts ? _weights[i] : 0;
            }
            if (heavy < least || sum < weight)
                continue;
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                if (_weights[i] >= threshold)
                    (_candidates[kept], _weights[kept++]) = (_candidates[i], _weights[i]);
            }
            return kept;
        }
        return count;
    }

    private static void Sort(Span<int> candidates, Span<double> weights)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] = -weights[i];
        weights.Sort(candidates);
        for (int first = 0; first < weights.Length;)
        {
            int end = first + 1;
            while (end < weights.Length && weights[end] == weights[first])
                end++;
            candidates[first..end].Sort();
            first = end;
        }
        for (int i = 0; i < weights.Length; i++)
            weights[i] = -weights[i];
    }

    /// <summary>How many of the first reach a weight together: at least one.</summary>
    private static int Reach(ReadOnlySpan<double> weights, double weight)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            if (sum >= weight)
                return i + 1;
        }
        return weights.Length;
    }

    private int Typical(Span<int> candidates, Span<double> weights)
    {
        double all = Sum(weights), entropy = 0;
        foreach (double weight in weights)
            entropy -= weight / all * Wide.Log(weight / all);
        // The distances take the weights' place while candidates are sorted by them.
        for (int i = 0; i < weights.Length; i++)
        {
            _byToken[candidates[i]] = weights[i];
            weights[i] = Math.Abs(-Wide.Log(weights[i] / all) - entropy);
        }
        weights.Sort(candidates);
        for (int i = 0; i < weights.Length; i++)
            weights[i] = _byToken[candidates[i]];
        int count = Reach(weights, _options.TypicalP * all);
        Sort(candidates[..count], weights[..count]);
        return count;
    }

    private int Draw(int count)
    {
        ReadOnlySpan<double> weights = _weights.AsSpan(0, count);
        double at = _rng.UniformDouble(_answered) * Sum(weights), sum = 0;
        for (int i = 0; i < count - 1; i++)
        {
            sum += weights[i];
            if (at < sum)
                return _candidates[i];
        }
        return _candidates[count - 1];
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum;
    }

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        float largest = logits[Largest(logits)];
        double sum = 0;
        foreach (float logit in logits)
        {
            // Beyond, and where a grammar forbids a token, it adds nothing.
            double distance = logit - (double)largest;
            sum += distance > -60 ? Wide.Exp(distance) : 0;
        }
        return largest + Wide.Log(sum);
    }
}
