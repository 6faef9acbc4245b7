using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Serving.Language.Measuring;
using Sarsen.Tensors.Threads;

namespace Sarsen.Bench.Language;

/// <summary>A prompt that is read in pieces, or tokens that are generated one by one behind the first, the likeliest each time.</summary>
internal sealed class LanguageWork : Work
{
    private readonly LanguageCase _case;
    private readonly LoneSequence _sequence;

    public LanguageWork(string name)
    {
        _case = LanguageCase.Of(name);
        using GgufFile file = GgufFile.Open(RandomModel.File(_case));
        _sequence = new LoneSequence(DecoderFiles.Load(file, WeightUse.Products, Workers.Shared), LanguageCase.Prompt, LanguageCase.Answer, KvType.F16, Workers.Shared);
    }

    public override void Run()
    {
        if (_case.Task == "prefill")
            _sequence.Read();
        else
            _sequence.Generate();
    }

    public override void Dispose() => _sequence.Dispose();
}
