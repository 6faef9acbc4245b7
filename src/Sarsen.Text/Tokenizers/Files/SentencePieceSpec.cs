namespace Sarsen.Text.Tokenizers;

/// <summary>What a SentencePiece file says besides its pieces, with the defaults of <c>sentencepiece_model.proto</c>.</summary>
internal sealed class SentencePieceSpec
{
    public int ModelType { get; private set; } = 1;

    public bool ByteFallback { get; private set; }

    public string Beginning { get; private set; } = "<s>";

    public string End { get; private set; } = "</s>";

    public string UnknownSurface { get; private set; } = " \u2047 ";

    public byte[]? CharsMap { get; private set; }

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraWhitespaces { get; private set; } = true;

    public void ReadTrainer(ProtobufReader fields)
    {
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 3:
                    ModelType = fields.Integer();
                    break;
                case 35:
                    ByteFallback = fields.Integer() != 0;
                    break;
                case 44:
                    UnknownSurface = fields.Text();
                    break;
                case 46:
                    Beginning = fields.Text();
                    break;
                case 47:
                    End = fields.Text();
                    break;
            }
        }
    }

    public void ReadNormalizer(ProtobufReader fields)
    {
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 2:
                    CharsMap = fields.Bytes().ToArray();
                    break;
                case 3:
                    AddDummyPrefix = fields.Integer() != 0;
                    break;
                case 4:
                    RemoveExtraWhitespaces = fields.Integer() != 0;
                    break;
            }
        }
    }
}
