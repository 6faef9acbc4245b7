using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Formats.Pictures;
using Sarsen.Formats.Pictures.Png;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests.Preprocessing.Steps;

public class PictureStepTests
{
    private static readonly byte[] Pixels = [.. Enumerable.Range(0, PictureGolden.Height * PictureGolden.Width).Select(i => (byte)(i * 53 % 251))];

    [Fact]
    public void Resizing_is_that_of_Pillow()
    {
        foreach ((int height, int width, byte[] golden) in new[] { (3, 4, PictureGolden.Half), (10, 14, PictureGolden.Double), (4, 9, PictureGolden.Odd) })
        {
            byte[] found = Run(new ResizeStep { Height = height, Width = width }, Pixels);
            found.Length.ShouldBe(golden.Length);
            for (int i = 0; i < found.Length; i++)
                Math.Abs(found[i] - golden[i]).ShouldBeLessThanOrEqualTo(1); // Pillow rounds between its two passes
            float[] numbers = Run(new ResizeStep { Height = height, Width = width }, Array.ConvertAll(Pixels, p => (float)p));
            numbers.Zip(found).ShouldAllBe(p => Math.Abs(p.First - p.Second) <= 0.51);
        }
    }

    [Fact]
    public void Crops_and_borders_move_pixels_and_keep_their_values()
    {
        // 5 x 7 pixels; the middle 3 x 3 begins at (1, 2).
        byte[] middle = Run(new CenterCropStep { Height = 3, Width = 3 }, Pixels);
        middle.ShouldBe([.. Pixels[9..12], .. Pixels[16..19], .. Pixels[23..26]]);
        Run(new RandomCropStep { Height = 3, Width = 3, Padding = 2 }, Pixels).ShouldBe(middle);
        byte[] padded = Run(new PadStep { Amount = 1, Value = 9 }, Pixels);
        padded.Length.ShouldBe(7 * 9);
        padded[..9].ShouldAllBe(p => p == 9);
        padded[9..18].ShouldBe([9, .. Pixels[..7], 9]);
        float[] floats = Run(new PadStep { Amount = 1, Value = -0.5 }, Array.ConvertAll(Pixels, p => (float)p));
        floats[9..18].ShouldBe([-0.5f, .. Pixels[..7].Select(p => (float)p), -0.5f]);
    }

    [Fact]
    public void Random_crops_are_at_every_place_and_random_flips_mirror_their_share()
    {
        ArrayOperation crop = Operation(new RandomCropStep { Height = 5, Width = 7, Padding = 1 }, DType.U8);
        var corners = new HashSet<string>();
        ArrayOperation flip = Operation(new RandomFlipStep { Probability = 0.3 }, DType.U8);
        byte[] result = new byte[35];
        int flipped = 0;
        for (int sample = 0; sample < 1000; sample++)
        {
            crop.Run(Pixels, result, new Rng(1, "crop", 0, sample));
            corners.Add(Convert.ToHexString(result));
            flip.Run(Pixels, result, new Rng(1, "flip", 0, sample));
            if (result[0] == Pixels[6])
            {
                flipped++;
                result[7..14].ShouldBe(Pixels[7..14].Reverse());
            }
            else
            {
                result.ShouldBe(Pixels);
            }
        }
        corners.Count.ShouldBe(9);
        flipped.ShouldBeInRange(300 - 60, 300 + 60); // four deviations
        flip.Run(Pixels, result, null);
        result.ShouldBe(Pixels);
    }

    [Fact]
    public void Vertical_flips_and_flips_of_numbers_mirror_too()
    {
        float[] numbers = Array.ConvertAll(Pixels, p => (float)p), result = new float[35];
        Operation(new RandomFlipStep { Probability = 1 }, DType.F32).Run(MemoryMarshal.AsBytes(numbers.AsSpan()), MemoryMarshal.AsBytes(result.AsSpan()), new Rng(1, "flip"));
        result[..7].ShouldBe(numbers[..7].Reverse());
        Operation(new RandomFlipStep { Probability = 1, Vertical = true }, DType.F32).Run(MemoryMarshal.AsBytes(numbers.AsSpan()), MemoryMarshal.AsBytes(result.AsSpan()), new Rng(1, "flip"));
        result[..7].ShouldBe(numbers[28..]);
    }

    [Fact]
    public void Bytes_are_normalised_by_channel_and_stored_as_bytes()
    {
        byte[] pixels = [0, 51, 255, 10, 20, 30];
        DataSpec spec = PreparedDataTests.Spec([MemoryRows.Arrays("p", new Shape(2, 1, 3), pixels), MemoryRows.Numbers("label", 1.0)], new SplitSpec { Train = 1, Validation = 0, Test = 0 });
        using PreparedData data = PreparedData.Prepare(spec, [new NormalizeStep { Mean = [0.2, 0], Std = [2, 0.1] }], 0);
        data.Pipeline.Encoder.Tail.Stored.ShouldBe(new SampleLayout(DType.U8, new Shape(2, 1, 3)));
        PreparedDataTests.All(data.Training).Single().Input.ShouldBe([-0.1f, 0, 0.4f, (float)(10 / 255.0 / 0.1), (float)(20 / 255.0 / 0.1), (float)(30 / 255.0 / 0.1)], 1e-7);
        using PreparedData raw = PreparedData.Prepare(spec, [], 0);
        raw.Training.Input.ShouldBe(new SampleLayout(DType.F32, new Shape(2, 1, 3)));
        PreparedDataTests.All(raw.Training).Single().Input.ShouldBe([0, 51, 255, 10, 20, 30]);
        byte[] encoded = new byte[24];
        data.Pipeline.Encode(JsonDocument.Parse("""{"p": [[[0, 51, 255]], [[10, 20, 30]]]}""").RootElement, encoded);
        MemoryMarshal.Cast<byte, float>(encoded).ToArray().ShouldBe(PreparedDataTests.All(data.Training).Single().Input);
        Should.Throw<FieldException>(() => data.Pipeline.Encode(JsonDocument.Parse("""{"p": [[[0, 51]], [[10, 20, 30]]]}""").RootElement, encoded)).Message.ShouldContain("nested arrays of the shape (2, 1, 3), found an array of 2 where 3");
        Should.Throw<FieldException>(() => data.Pipeline.Encode(JsonDocument.Parse("""{"p": [[[0, 51, 256]], [[10, 20, 30]]]}""").RootElement, encoded)).Message.ShouldContain("0 .. 255");
    }

    [Fact]
    public void A_picture_may_be_sent_as_a_file_in_base64()
    {
        byte[] planes = [.. Enumerable.Range(0, 2 * 3 * 4 * 5).Select(i => (byte)(i * 7))]; // (2, 3, 4, 5)
        DataSpec spec = PreparedDataTests.Spec([MemoryRows.Arrays("p", new Shape(3, 4, 5), planes), MemoryRows.Numbers("label", 1.0, 2)], new SplitSpec { Train = 1, Validation = 0, Test = 0 });
        using PreparedData data = PreparedData.Prepare(spec, [], 0);
        byte[] interleaved = [.. Enumerable.Range(0, 60).Select(i => planes[i % 3 * 20 + i / 3])];
        var png = new MemoryStream();
        PngWriter.Write(png, new Picture(5, 4, 3, interleaved));
        byte[] encoded = new byte[240];
        foreach (string prefix in new[] { "", "data:image/png;base64," })
        {
            data.Pipeline.Encode(JsonSerializer.SerializeToElement(new { p = prefix + Convert.ToBase64String(png.ToArray()) }), encoded);
            MemoryMarshal.Cast<byte, float>(encoded).ToArray().ShouldBe(planes[..60].Select(b => (float)b));
        }
        string Refused(string text) => Should.Throw<FieldException>(() => data.Pipeline.Encode(JsonSerializer.SerializeToElement(new { p = text }), encoded)).Message;
        Refused("!").ShouldContain("found text that is no base64");
        Refused("AAAA").ShouldContain("cannot be read as a picture");
        var large = new MemoryStream();
        PngWriter.Write(large, new Picture(5, 12, 1, interleaved));
        Refused(Convert.ToBase64String(large.ToArray())).ShouldContain("is a picture of 12 x 5 pixels (height x width), 4 x 5 expected");
    }

    [Fact]
    public void Pictures_that_do_not_fit_are_refused_with_a_cure()
    {
        Refused(new CenterCropStep { Height = 6, Width = 3 }).ShouldContain("'p' is 5 x 7 pixels (height x width), smaller than the crop 6 x 3");
        Refused(new PadStep { Amount = 1, Value = -1 }).ShouldContain("must be in 0 .. 255, found -1");
        Refused(new NormalizeStep { Mean = [1, 2] }).ShouldContain("has 1 channels, but 'mean' has 2 values");
        Refused(new PadStep { Amount = 0 }).ShouldStartWith("pad: ");
        Refused(new RandomFlipStep(), new ReshapeStep { Shape = [3] }).ShouldStartWith("reshape: no column fits; numbers expected, found 'p' (an array (1, 5, 7) of U8)");
    }

    private static string Refused(params PreprocessStep[] steps) => Should.Throw<DataException>(() => new FittedSteps(Rows(Pixels), steps)).Message;

    private static T[] Run<T>(PreprocessStep step, T[] pixels) where T : unmanaged
    {
        var fitted = new FittedSteps(Rows(pixels), step);
        return MemoryMarshal.Cast<byte, T>(((ArrayColumn)fitted.Stream(Rows(pixels)).Single()["p"]).Bytes).ToArray();
    }

    private static ArrayOperation Operation(PreprocessStep step, DType type) =>
        ((ArrayTransform)step.Bind(new StepInput(new Schema(new ColumnInfo("p", ColumnType.Array, new Shape(1, PictureGolden.Height, PictureGolden.Width), type)), [], []), null)).Of("p")!;

    private static MemoryRows Rows<T>(T[] pixels) where T : unmanaged => new(MemoryRows.Arrays("p", new Shape(1, PictureGolden.Height, PictureGolden.Width), pixels));
}
