using System.Text;
using Sarsen.Text.Grammars;
using Sarsen.Text.Sampling;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language;

/// <summary>
/// The state of one answer: chooses its tokens from logits and makes them text, until it ends. Whoever computes the logits
/// asks for the next token, tells what became certain, and runs the token. For one thread.
/// </summary>
internal sealed class AnswerText
{
    private readonly LoadedLanguageModel _model;
    private readonly GenerationOptions _options;
    private readonly Sampler _sampler;
    private readonly TokenStream _decoder;
    private readonly StopTexts _stops;
    private readonly GrammarState? _grammar;
    private readonly ulong[] _allowed;
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogprob> _logprobs = [];
    private readonly int _most;

    // The logits as the model gave them, where log probabilities are asked for; else empty.
    private readonly float[] _plain;

    /// <param name="model">The model.</param>
    /// <param name="options">Valid ones.</param>
    /// <param name="prompt">The prompt, at which the repetition penalty looks.</param>
    /// <param name="room">Tokens that the context has behind the prompt, from 1.</param>
    public AnswerText(LoadedLanguageModel model, GenerationOptions options, ReadOnlySpan<int> prompt, int room)
    {
        (_model, _options) = (model, options);
        _sampler = new Sampler(options.Sampling, model.Model.VocabSize);
        _sampler.Prompt(prompt);
        _decoder = model.Tokenizer.StreamDecoder(skipSpecial: !options.KeepSpecial, continues: options.Continues);
        _stops = new StopTexts(options.Stop);
        _most = Math.Min(options.MaxTokens ?? int.MaxValue, room);
        _plain = options.TopLogprobs is null ? [] : new float[model.Model.VocabSize];
        _grammar = options.Constraint?.Start();
        _allowed = new ulong[options.Constraint?.Trie.MaskWords ?? 0];
    }

    /// <summary>Why it ended; null while it goes on.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>Tokens so far, the end among them.</summary>
    public int Tokens => _sampler.Answered;

    /// <summary>Tokens that it may still have.</summary>
    public int Left => _most - _sampler.Answered;

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">Of the next token; changed.</param>
    /// <returns>The token, to be run where the answer goes on.</returns>
    /// <exception cref="InputException">The constraint goes on with characters that no token of the model has.</exception>
    /// <exception cref="ArgumentException">The logits are not finite.</exception>
    public int Next(Span<float> logits)
    {
        if (_grammar is not null)
            FillMask(_grammar);
        logits[.._plain.Length].CopyTo(_plain);
        int token = _sampler.Next(logits, _allowed);
        if (IsEnd(token))
        {
            Close(FinishReason.Stop);
            return token;
        }
        if (_plain.Length > 0)
            _logprobs.Add(Describe(token, Sampler.LogProbability(_plain, token), Likeliest(_options.TopLogprobs!.Value)));
        // A model's matrices may be padded beyond its tokenizer: what is chosen there is no text.
        if (token < _model.Tokenizer.VocabularySize)
        {
            _grammar?.Accept(_model.Tokenizer.BytesOf(token));
            _text.Append(_stops.Add(_decoder.Add(token)));
        }
        if (_stops.Found)
            Finish = FinishReason.Stop;
        else if (_grammar is { MustEnd: true })
            Close(FinishReason.Stop);
        else if (_sampler.Answered >= _most)
            Close(FinishReason.Length);
        return token;
    }

    /// <summary>What became certain since the last call; null where nothing did.</summary>
    public GenerationPiece? Take(GenerationUsage? usage = null)
    {
        if (_text.Length == 0 && _logprobs.Count == 0 && Finish is null)
            return null;
        var piece = new GenerationPiece(_text.ToString(), _logprobs.Count == 0 ? [] : [.. _logprobs], Finish, usage) { Tokens = Tokens };
        _text.Clear();
        _logprobs.Clear();
        return piece;
    }

    private void FillMask(GrammarState grammar)
    {
        grammar.FillMask(_allowed);
        if (!_allowed.AsSpan().ContainsAnyExcept(0UL))
            throw new InputException("the constraint demands characters that the model has no tokens for: it cannot write such a text");
    }

    private void Close(FinishReason reason)
    {
        _text.Append(_stops.Add(_decoder.End())).Append(_stops.End());
        Finish = reason;
    }

    private bool IsEnd(int token) => _options.StopTokens.Contains(token) || (!_options.IgnoreEnd && _model.EndTokens.Contains(token));

    private TokenLogprob[] Likeliest(int count)
    {
        if (count == 0)
            return [];
        var top = new TokenProbability[Math.Min(count, _plain.Length)];
        Sampler.Likeliest(_plain, top);
        return [.. top.Select(t => Describe(t.Token, t.LogProbability, []))];
    }

    private TokenLogprob Describe(int token, double logprob, IReadOnlyList<TokenLogprob> top)
    {
        byte[] bytes = token < _model.Tokenizer.VocabularySize ? _model.Tokenizer.BytesOf(token).ToArray() : [];
        return new TokenLogprob(token, Encoding.UTF8.GetString(bytes), bytes, logprob, top);
    }
}
