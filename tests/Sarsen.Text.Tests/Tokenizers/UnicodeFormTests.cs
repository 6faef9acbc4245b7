using System.Security.Cryptography;
using System.Text;
using Sarsen.Text.Tokenizers;
using Sarsen.Text.Tokenizers.Normalizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>All code points of the first planes, alone and with marks and letters of Hangul behind them; <c>unicode_forms.py</c> made the values.</summary>
public class UnicodeFormTests
{
    [Theory]
    [InlineData("NFC", "36F4C0617F6EA0F74C9896DDE21D8879D5A96E33908C3C5725BF3C6C98F32332")]
    [InlineData("NFD", "6206E1866E643EE654385098818D7FD08D67326C6D9A56D4C86EA21F724A88E4")]
    [InlineData("NFKC", "316FE7AF1C4AC741CF9047DEFE7AB68F757D41F51ED5A37FF1D03B09FC223D12")]
    [InlineData("NFKD", "795D3D959FB904182345B9AD050A31E17B0CBFD9E8A50F1175D375E0AB5794F0")]
    public void All_characters_are_normalized_as_the_standard_says(string form, string expected)
    {
        UnicodeForm normalizer = form switch
        {
            "NFC" => UnicodeForm.Nfc,
            "NFD" => UnicodeForm.Nfd,
            "NFKC" => UnicodeForm.Nfkc,
            _ => UnicodeForm.Nfkd,
        };
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int block = 0; block < 0x30000; block += 256)
        {
            string[] codes = [.. Enumerable.Range(block, 256).Where(c => c is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32)];
            foreach (string text in (string[])[string.Concat(codes), string.Concat(codes.Select(c => c + "\u0301\u0323a\u1161\u11A8"))])
            {
                var buffer = new TextBuffer();
                buffer.Set(text);
                normalizer.Apply(buffer);
                digest.AppendData(Encoding.UTF8.GetBytes(buffer.Text.ToString()));
            }
        }
        Convert.ToHexString(digest.GetHashAndReset()).ShouldBe(expected);
    }

    [Fact]
    public void Half_a_pair_stays_what_it_is()
    {
        var buffer = new TextBuffer();
        buffer.Set("e\u0301\uD83Dx");
        UnicodeForm.Nfc.Apply(buffer);
        buffer.Text.ToString().ShouldBe("é\uD83Dx");
    }
}
