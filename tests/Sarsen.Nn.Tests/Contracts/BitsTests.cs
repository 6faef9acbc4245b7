using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Contracts;

/// <summary>«One result on all paths»: for any number of threads, any batch and any vector width.</summary>
public class BitsTests
{
    public static TheoryData<string> Names => TestNetwork.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_has_the_same_bits_for_any_number_of_threads(string name)
    {
        double[] expected = TestNetwork.Make(name).Train(Workers.Serial, steps: 4);
        foreach (int threads in (ReadOnlySpan<int>)[2, 3, 7])
        {
            Workers workers = Workers.Start(threads);
            TestNetwork.Make(name).Train(workers, steps: 4).ShouldBe(expected, $"{threads} threads");
            workers.Stop();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_has_the_same_bits_for_any_vector_width(string name)
    {
        double[] expected = TestNetwork.Make(name).Train(Workers.Serial, steps: 4);
        for (int narrower = 1; narrower < 4; narrower++)
        {
            using (VectorRanges.Narrow(narrower))
                TestNetwork.Make(name).Train(Workers.Serial, steps: 4).ShouldBe(expected, $"{narrower} narrower");
        }
    }

    /// <summary>
    /// Losses and weights of four steps, wherever and with whatever instructions they run. Another value is a change of
    /// the numerics: it needs another <see cref="Numerics.Version"/>, under which older runs cannot be resumed.
    /// </summary>
    [Theory]
    [InlineData("mlp", "E70851D392BBFB2E")]
    [InlineData("cnn", "11E81315C7CC1690")]
    [InlineData("deep cnn", "830AB43509D27E87")]
    [InlineData("lstm", "7C76CC2B08381754")]
    [InlineData("gru", "63283050FB031B48")]
    [InlineData("rnn", "8EF9DBF3A9EBBF6E")]
    [InlineData("bidirectional", "24941492774602DF")]
    [InlineData("transformer", "44AABAA3A0EC98A7")]
    public void Training_has_the_same_bits_on_every_machine(string name, string sha256)
    {
        double[] values = TestNetwork.Make(name).Train(Workers.Shared, steps: 4);
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<double>(values)))[..16].ShouldBe(sha256);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_alone_gets_the_answer_it_gets_in_a_batch(string name)
    {
        TestNetwork network = TestNetwork.Make(name);
        float[] whole = network.Predict(0, TestNetwork.Batch);
        int classes = whole.Length / TestNetwork.Batch;
        foreach (int size in (ReadOnlySpan<int>)[1, 2, 4])
        {
            for (int first = 0; first + size <= TestNetwork.Batch; first++)
                network.Predict(first, size).ShouldBe(whole[(first * classes)..((first + size) * classes)], $"{size} from {first}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_module_serves_threads_at_once_with_the_same_answers(string name)
    {
        TestNetwork network = TestNetwork.Make(name);
        float[] expected = network.Predict(0, TestNetwork.Batch);
        float[][] answers = new float[20][];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(t => new Thread(() =>
        {
            for (int i = t; i < answers.Length; i += 2)
                answers[i] = network.Predict(0, TestNetwork.Batch, Workers.Shared);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        foreach (float[] answer in answers)
            answer.ShouldBe(expected);
    }
}
