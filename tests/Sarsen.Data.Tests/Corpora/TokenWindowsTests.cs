using System.Runtime.InteropServices;
using System.Text;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.PlainText;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Data.Tests.Corpora;

public sealed class TokenWindowsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    // Each place of the text is told from the others by what follows it.
    private static string Counted(int numbers) => string.Join(' ', Enumerable.Range(0, numbers));

    private static SplitSpec Split(double train, double validation, double test) => new() { Train = train, Validation = validation, Test = test };

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_window_is_predicted_a_token_later()
    {
        using PreparedData data = Prepare(Counted(400), new TokenWindowsStep { ContextLength = 16, EndOfText = false });
        Tokenizer tokenizer = data.Pipeline.Tokenizer!.Read();
        data.Pipeline.VocabularySize.ShouldBe(12); // ten digits, the space, and the unknown
        data.Training.Input.ShouldBe(data.Training.Target);
        foreach ((long[] ids, long[] next) in All(data.Training, epoch: 0))
        {
            ids[1..].ShouldBe(next[..^1]);
            Counted(400).ShouldContain(tokenizer.Decode([.. ids.Select(i => (int)i), (int)next[^1]]));
        }
    }

    [Fact]
    public void Parts_follow_one_another_and_hold_all_of_the_text()
    {
        string text = Counted(500);
        using PreparedData data = Prepare(text, new TokenWindowsStep { ContextLength = 10, EndOfText = false }, Split(0.7, 0.2, 0.1));
        Tokenizer tokenizer = data.Pipeline.Tokenizer!.Read();
        string Joined(SampleSet set) => string.Concat(All(set.WithoutAugmentation(), 0).Select((s, i) => tokenizer.Decode([.. (i == 0 ? s.Input.Take(1) : []).Concat(s.Target).Select(t => (int)t)])));

        int trained = (int)(text.Length * 0.7), validated = (int)(text.Length * 0.9);
        text[..trained].ShouldStartWith(Joined(data.Training));
        text[trained..validated].ShouldStartWith(Joined(data.Validation!));
        text[validated..].ShouldStartWith(Joined(data.Test!));
        // What no window holds is less than one.
        Joined(data.Validation!).Length.ShouldBeGreaterThan(validated - trained - 10 - 1);
        data.Training.Count.ShouldBe((trained - 1) / 10);
    }

    [Fact]
    public void Drawn_windows_depend_on_seed_epoch_and_place_alone()
    {
        var step = new TokenWindowsStep { ContextLength = 8, Windows = 50, EndOfText = false };
        using PreparedData data = Prepare(Counted(1000), step), again = Prepare(Counted(1000), step), other = Prepare(Counted(1000), step, seed: 2);
        data.Training.Count.ShouldBe(50);
        data.Training.Augments.ShouldBeTrue();
        data.Validation!.Augments.ShouldBeFalse();
        Starts(data, 0).ShouldBe(Starts(again, 0));
        Starts(data, 1).ShouldBe(Starts(again, 1));
        Starts(data, 0).ShouldNotBe(Starts(data, 1));
        Starts(data, 0).ShouldNotBe(Starts(other, 0));
        Starts(data, 0).Distinct().Count().ShouldBeGreaterThan(45);
    }

    [Fact]
    public void Every_place_is_drawn_the_last_one_too()
    {
        using PreparedData data = Prepare("abcdefgh", new TokenWindowsStep { ContextLength = 5, Windows = 200, EndOfText = false }, Split(1, 0, 0));
        // The ids of a to h are 1 to 8: windows of five begin at 1, 2 and 3, their last target is 8.
        All(data.Training, 0).Select(s => s.Input[0]).Distinct().Order().ShouldBe([1, 2, 3]);
        All(data.Training, 0).Max(s => s.Target[^1]).ShouldBe(8);
    }

    [Fact]
    public void A_token_stands_behind_each_text_but_where_it_is_cut()
    {
        DataSpec spec = new() { Source = new RowsSource(new MemoryRows(MemoryRows.Texts("text", "aaa", "bbbb", "cccccccc"))), Split = Split(0.7, 0, 0.3) };
        using PreparedData data = PreparedData.Prepare(spec, [new TokenWindowsStep { ContextLength = 2 }], seed: 1);
        // 15 characters, of which 10 train: aaa$ bbbb$ ccc, and the test part is ccccc$.
        Tokenizer tokenizer = data.Pipeline.Tokenizer!.Read();
        int end = tokenizer.IdOf(TokenWindowsStep.EndOfTextToken)!.Value;
        Tokens(data.Training).ShouldBe(tokenizer.Encode("aaa").Append(end).Concat(tokenizer.Encode("bbbb")).Append(end).Concat(tokenizer.Encode("cc")).Select(t => (long)t).Take(11));
        All(data.Test!.WithoutAugmentation(), 0).SelectMany(s => s.Target).ShouldNotContain(t => t == tokenizer.IdOf("a"));
        data.Report.Rows.ShouldBe(3);
    }

    [Fact]
    public void Byte_pairs_are_learned_from_the_training_part()
    {
        string text = string.Concat(Enumerable.Repeat("the cat and the hat ", 50)) + string.Concat(Enumerable.Repeat("zebra zebra ", 20));
        using PreparedData data = Prepare(text, new TokenWindowsStep { Tokenizer = TokenKind.BytePair, VocabularySize = 270, ContextLength = 6 }, Split(0.8, 0.2, 0));
        Tokenizer tokenizer = data.Pipeline.Tokenizer!.Read();
        tokenizer.Encode("the cat").Length.ShouldBeLessThan(4);
        tokenizer.Encode("zebra").Length.ShouldBe(5);
        data.Pipeline.VocabularySize.ShouldBe(tokenizer.VocabularySize);
        tokenizer.VocabularySize.ShouldBeLessThanOrEqualTo(270);
    }

    [Fact]
    public void Other_texts_are_cut_by_the_same_tokens()
    {
        using PreparedData data = Prepare(Counted(300), new TokenWindowsStep { ContextLength = 12 });
        using SampleSet other = data.Pipeline.Samples(new MemoryRows(MemoryRows.Texts("text", "0123456789 x 0123456789")));
        (long[] ids, long[] next) = All(other, 0).Single();
        ids.Length.ShouldBe(12);
        next[10].ShouldBe(0); // x is unknown
        string saved = PreparedDataTests.Save(data.Pipeline), damaged = saved.Replace("BPE", "BPA", StringComparison.Ordinal);
        damaged.ShouldNotBe(saved);
        Refused(() => Pipeline.Load(new MemoryStream(Encoding.UTF8.GetBytes(damaged)))).ShouldContain("The file is damaged; restore it from the model it belongs to");
    }

    [Theory]
    [InlineData("too short", 0, "training: its text is 8 tokens, and a window takes 16")]
    [InlineData("0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9", 0, "validation: its text is 5 tokens")]
    [InlineData("", 0, "is empty")]
    [InlineData("0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9", 6, "11 characters, with '<unk>' and '<|endoftext|>' 13 tokens, and the vocabulary has room for 6")]
    public void A_text_that_is_too_short_or_too_rich_is_refused(string text, int vocabulary, string reason)
    {
        var step = new TokenWindowsStep { ContextLength = 16, VocabularySize = vocabulary == 0 ? null : vocabulary };
        Should.Throw<DataException>(() => Prepare(text, step)).Message.ShouldContain(reason);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        string text = Counted(100);
        Refused(() => Prepare(text, new TokenWindowsStep { Tokenizer = TokenKind.BytePair, VocabularySize = 256 })).ShouldContain("make vocabulary_size 257 or more");
        Refused(() => Prepare(text, new TokenWindowsStep { ContextLength = 0 })).ShouldContain("ContextLength");
        Refused(() => Prepare(text, new TokenWindowsStep(), new SplitSpec { Stratify = true })).ShouldContain("follow one another");
        Refused(() => PreparedData.Prepare(Spec(text), [new DropMissingStep(), new TokenWindowsStep()], 1)).ShouldContain("no other step can stand beside it; found drop_missing, token_windows");
        Refused(() => PreparedData.Prepare(Spec(text) with { Target = ["text"] }, [new TokenWindowsStep()], 1)).ShouldContain("takes none; found text");
        Refused(() => PreparedData.PrepareFolds(Spec(text), [new TokenWindowsStep()], 1, folds: 3).ToList()).ShouldContain("take cross_validation out");
        Refused(() => PreparedData.Prepare(Spec(text), [new TokenWindowsStep { ContextLength = 4 }], 1, new PrepareOptions { MemoryBytes = 100 })).ShouldContain("do not fit in the memory");
        var rows = new MemoryRows(MemoryRows.Texts("a", "b"), MemoryRows.Texts("c", "d"));
        Refused(() => PreparedData.Prepare(new DataSpec { Source = new RowsSource(rows) }, [new TokenWindowsStep()], 1)).ShouldContain("found 'a' (text), 'c' (text); name it in 'features'");
        Refused(() => PreparedData.Prepare(new DataSpec { Source = new TextSource { Path = [_file + ".none"] } }, [new TokenWindowsStep()], 1)).ShouldContain("there is no such file");
    }

    private static string Refused(Action action) => Should.Throw<DataException>(action).Message;

    private DataSpec Spec(string text, SplitSpec? split = null)
    {
        File.WriteAllText(_file, text);
        return new DataSpec { Source = new TextSource { Path = [_file], Unit = TextUnit.File }, Split = split ?? Split(0.9, 0.1, 0) };
    }

    private PreparedData Prepare(string text, TokenWindowsStep step, SplitSpec? split = null, ulong seed = 1) => PreparedData.Prepare(Spec(text, split), [step], seed);

    private static IEnumerable<(long[] Input, long[] Target)> All(SampleSet set, long epoch)
    {
        for (long i = 0; i < set.Count; i++)
        {
            byte[] input = new byte[set.Input.Bytes], target = new byte[set.Target!.Bytes];
            set.Read(i, epoch, input, target);
            yield return (MemoryMarshal.Cast<byte, long>(input).ToArray(), MemoryMarshal.Cast<byte, long>(target).ToArray());
        }
    }

    private static IEnumerable<string> Starts(PreparedData data, long epoch) => All(data.Training, epoch).Select(s => string.Join(',', s.Input));

    private static IEnumerable<long> Tokens(SampleSet set) => All(set.WithoutAugmentation(), 0).SelectMany((s, i) => (i == 0 ? s.Input.Take(1) : []).Concat(s.Target));
}
