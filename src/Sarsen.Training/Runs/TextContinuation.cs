using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Sampling;
using Sarsen.Text.Tokenizers;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Runs;

/// <summary>
/// Lets a language model that is being trained continue a prompt, with the weights that it has then. A text may be longer than
/// the context: where that is full, the last half of it is read anew.
/// </summary>
internal sealed class TextContinuation : IDisposable
{
    private readonly LanguageModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly TextSamplesSpec _spec;
    private readonly SamplingOptions _sampling;
    private readonly Arena _arena;
    private readonly KvPool _pool;
    private readonly KvSequence _sequence;
    private readonly TokenBatch _batch;
    private readonly float[] _logits;
    private readonly int[] _prompt;
    private readonly int? _end;

    /// <exception cref="RunException">The network is no language model, or the prompt has no tokens.</exception>
    public TextContinuation(Network network, TrainedTokenizer tokenizer, TextSamplesSpec spec, ulong seed, Workers workers)
    {
        _model = network.Language ?? throw new RunException("text_samples are written by a network that is the preset decoder or gpt: take one of them, or take text_samples out");
        (_tokenizer, _spec, _sampling) = (tokenizer.Read(), spec, spec.Sampling(seed));
        _prompt = _tokenizer.Encode(spec.Prompt);
        if (_prompt.Length == 0)
            throw new RunException("text_samples.prompt has no tokens: give it a text");
        _end = _tokenizer.IdOf(TokenWindowsStep.EndOfTextToken);
        _arena = new Arena(workers);
        _pool = new KvPool(_model.KvShape, KvType.F32, KvPool.BlocksFor(_model.ContextLength));
        (_sequence, _batch, _logits) = (new KvSequence(_pool), new TokenBatch(_pool), new float[_model.VocabSize]);
    }

    public string Prompt => _spec.Prompt;

    /// <summary>Is a text due at the end of an epoch.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="last">Is it the last one.</param>
    public bool IsDue(int epoch, bool last) => last || epoch % _spec.EveryEpochs == 0;

    /// <summary>What the model writes behind the prompt.</summary>
    public string Write()
    {
        var tokens = new List<int>(_prompt);
        var sampler = new Sampler(_sampling, _model.VocabSize);
        _sequence.Truncate(0);
        Read(tokens);
        while (tokens.Count - _prompt.Length < _spec.Tokens)
        {
            int token = sampler.Next(_logits);
            if (token == _end)
                break;
            tokens.Add(token);
            Read(tokens, unread: 1);
        }
        return _tokenizer.Decode(tokens.ToArray().AsSpan(_prompt.Length));
    }

    /// <summary>Reads the last tokens; all that fit, or half of that, where they are not behind what is read.</summary>
    private void Read(List<int> tokens, int? unread = null)
    {
        int most = _model.ContextLength;
        if (unread is null || _sequence.Length + unread > most)
        {
            _sequence.Truncate(0);
            unread = tokens.Count < most ? tokens.Count : Math.Max(1, most / 2);
        }
        long[] ids = [.. tokens.TakeLast(unread.Value).Select(t => (long)t)];
        _sequence.Reserve(ids.Length);
        _batch.Clear();
        _batch.Add(ids, _sequence.View);
        using (_arena.Begin(Mode.Inference, name: "a text sample"))
            _model.Call(_batch).AsSpan<float>().CopyTo(_logits);
        _sequence.Advance(ids.Length);
    }

    public void Dispose()
    {
        _sequence.Dispose();
        _pool.Release();
        _arena.Dispose();
    }
}
