using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Which matrix product; see native/cuda-kernels/product.cuh.</summary>
internal enum ProductForm
{
    /// <summary>y = x W.</summary>
    Forward = 0,

    /// <summary>dx = dy W^T.</summary>
    BackwardInput = 1,

    /// <summary>dW = x^T dy.</summary>
    BackwardWeights = 2,
}

/// <summary>A matrix product kernel and the launch shape that goes with its tile.</summary>
internal sealed class ProductKernel(CudaKernel kernel, int tile, int sharedBytes)
{
    public CudaKernel Kernel { get; } = kernel;

    /// <summary>Rows and columns of the result that one block computes.</summary>
    public int Tile { get; } = tile;

    /// <summary>Dynamic shared memory of a block.</summary>
    public int SharedBytes { get; } = sharedBytes;

    public int Blocks(int rows, int columns, int heads) => Tiles(rows) * Tiles(columns) * heads;

    public int Tiles(int length) => (length + Tile - 1) / Tile;
}

/// <summary>The matrix product kernels of one precision, and the choice among their tiles.</summary>
internal sealed class ProductKernels
{
    private const int Depth = 32; // BK in tile.cuh

    // Tile, stages and threads as tile.cuh has them; the largest first.
    private static readonly (string Name, int Tile, int Stages, int Threads)[] Sizes =
        [("large", 128, 3, 256), ("medium", 64, 3, 128), ("small", 32, 4, 128)];

    private static readonly ProductKernels[] ByPrecision = [new("fp32"), new("tf32"), new("bf16")]; // after Sizes, which it reads

    private readonly ProductKernel[][] kernels = new ProductKernel[3][];

    private ProductKernels(string precision)
    {
        string[] names = ["linear", "linear_backward_input", "linear_backward_weights"];
        for (int form = 0; form < 3; form++)
        {
            kernels[form] = new ProductKernel[Sizes.Length];
            for (int i = 0; i < Sizes.Length; i++)
            {
                (string size, int tile, int stages, int threads) = Sizes[i];
                kernels[form][i] = new ProductKernel(
                    new CudaKernel($"dense_{precision}", $"{names[form]}_{precision}_{size}", threads), tile,
                    SharedBytes((ProductForm)form, tile, stages));
            }
        }
    }

    public static ProductKernels Of(CudaPrecision precision) => ByPrecision[(int)precision];

    /// <summary>
    /// The largest tile that fits into a block's shared memory (the large one does not on an RTX 30 or 40) and whose blocks still keep
    /// three quarters of the multiprocessors busy; the smallest if none does. Larger tiles move fewer bytes for each operation; idle
    /// multiprocessors cost more than that wins.
    /// </summary>
    public ProductKernel Choose(ProductForm form, int rows, int columns, int heads, CudaDeviceInfo device)
    {
        ProductKernel[] sizes = kernels[(int)form];
        foreach (ProductKernel size in sizes)
        {
            if (size.SharedBytes <= device.SharedBytes && size.Blocks(rows, columns, heads) * 4 >= device.Multiprocessors * 3)
            {
                return size;
            }
        }

        return sizes[^1];
    }

    /// <summary>The kernel of a given tile, for tests.</summary>
    public ProductKernel WithTile(ProductForm form, int tile) => Array.Find(kernels[(int)form], kernel => kernel.Tile == tile)!;

    /// <summary>Both operands' panels, padded against bank conflicts, for every stage; as tile.cuh lays them out.</summary>
    private static int SharedBytes(ProductForm form, int tile, int stages)
    {
        int alongSum = tile * (Depth + 4), across = Depth * (tile + 8);
        int left = form == ProductForm.BackwardWeights ? across : alongSum;
        int right = form == ProductForm.BackwardInput ? alongSum : across;
        return (left + right) * stages * sizeof(float);
    }
}
