package num

import (
	"math"
	"math/bits"
)

// This file prints float64s by Grisu2 of Florian Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with Integers"
// (PLDI 2010): digits that lie within the rounding interval of the number, nearly always the fewest and the nearest. Where they
// are not (one number in a thousand), Redis clients see what Redis's implementation comes to. So its choices are kept: the powers
// of ten in steps of 8, which of two suitable ones is taken, and the layout of the digits.

const (
	grisuMinExp = -60 // range of the binary exponent after scaling by a power of ten
	grisuMaxExp = -32

	firstPower = -348 // grisuPowers starts with 10^firstPower
	powerStep  = 8
)

// diyFP is the paper's "do-it-yourself floating point": man·2^exp.
type diyFP struct {
	man uint64
	exp int
}

// appendGrisu appends a number that is neither 0 nor infinite nor a NaN.
func appendGrisu(dst []byte, f float64) []byte {
	if f < 0 {
		dst = append(dst, '-')
		f = -f
	}
	var digits [20]byte
	n, exp := grisu2(&digits, f)
	return layOut(dst, digits[:n], exp)
}

// grisu2 sets digits to the n digits of f, which is then digits·10^exp.
func grisu2(digits *[20]byte, f float64) (n, exp int) {
	const hidden = 1 << 52
	b := math.Float64bits(f)
	man, e := b&(hidden-1), int(b>>52)
	if e == 0 {
		e = 1
	} else {
		man |= hidden
	}
	e -= 1075
	// Half the distance to the next number above, and below; all with the exponent of the normalised number.
	shift := bits.LeadingZeros64(man)
	w := man << shift
	e -= shift
	above := uint64(1) << (shift - 1)
	below := above
	if man == hidden {
		below >>= 1
	}
	power, exp := grisuPower(e)
	upper := mulRound(w+above, power.man) - 1
	lower := mulRound(w-below, power.man) + 1
	w = mulRound(w, power.man)
	n, kappa := generate(digits, upper, upper-lower, upper-w, uint(-(e + power.exp + 64)))
	return n, kappa - exp
}

// mulRound returns the upper half of the product, rounded half up.
func mulRound(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi + lo>>63
}

// grisuPower returns a power of ten, 10^k, by which a number of binary exponent exp gets into the range of generate.
func grisuPower(exp int) (p diyFP, k int) {
	const log10of2 = 0.30102999566398114
	approx := int(-float64(exp+len(grisuPowers)) * log10of2)
	i := (approx - firstPower) / powerStep
	for {
		switch e := exp + grisuPowers[i].exp + 64; {
		case e < grisuMinExp:
			i++
		case e > grisuMaxExp:
			i--
		default:
			return grisuPowers[i], firstPower + i*powerStep
		}
	}
}

// generate produces digits of a number between upper - delta and upper, close to upper - dist; all are in units of 2^-point. It
// returns their number and the decimal exponent of the last of them.
func generate(digits *[20]byte, upper, delta, dist uint64, point uint) (n, kappa int) {
	whole, frac := upper>>point, upper&(1<<point-1)
	for kappa = Digits(whole); kappa > 0; {
		kappa--
		unit := pow10[kappa]
		d := whole / unit
		whole -= d * unit
		digits[n] = byte('0' + d)
		n++
		if rest := whole<<point + frac; rest <= delta {
			weed(&digits[n-1], delta, rest, unit<<point, dist)
			return n, kappa
		}
	}
	for n < len(digits) {
		frac *= 10
		delta *= 10
		dist *= 10
		kappa--
		if d := frac >> point; d != 0 || n != 0 {
			digits[n] = byte('0' + d)
			n++
		}
		frac &= 1<<point - 1
		if frac < delta {
			weed(&digits[n-1], delta, frac, 1<<point, dist)
			break
		}
	}
	return n, kappa
}

// weed lowers the last digit, of the given unit, as long as that brings the number nearer to the wanted one and not below the
// lower bound. rest is how far the number is below the upper bound.
func weed(last *byte, delta, rest, unit, dist uint64) {
	for rest < dist && delta-rest >= unit && (rest+unit < dist || dist-rest > rest+unit-dist) {
		*last--
		rest += unit
	}
}

// layOut appends digits·10^exp: without an exponent unless that takes many zeros.
func layOut(dst, digits []byte, exp int) []byte {
	n := len(digits)
	sci := exp + n - 1 // exponent of the first digit
	switch {
	case exp >= 0 && sci < n+7:
		dst = append(dst, digits...)
		return append(dst, "0000000"[:exp]...)
	case exp < 0 && (exp > -7 || -4 < sci && sci < 4):
		if sci >= 0 {
			dst = append(dst, digits[:n+exp]...)
			dst = append(dst, '.')
			return append(dst, digits[n+exp:]...)
		}
		dst = append(dst, '0', '.')
		dst = append(dst, "000000"[:-sci-1]...)
		return append(dst, digits...)
	}
	dst = append(dst, digits[0])
	if n > 1 {
		dst = append(dst, '.')
		dst = append(dst, digits[1:]...)
	}
	dst = append(dst, 'e', '+')
	if sci < 0 {
		dst[len(dst)-1] = '-'
		sci = -sci
	}
	return AppendUint(dst, uint64(sci))
}

// grisuPowers holds the powers of ten from 10^firstPower to 10^340 in steps of powerStep, to 64 bits, rounded to nearest.
var grisuPowers = [87]diyFP{
	{0xfa8fd5a0081c0288, -1220}, {0xbaaee17fa23ebf76, -1193}, {0x8b16fb203055ac76, -1166}, {0xcf42894a5dce35ea, -1140},
	{0x9a6bb0aa55653b2d, -1113}, {0xe61acf033d1a45df, -1087}, {0xab70fe17c79ac6ca, -1060}, {0xff77b1fcbebcdc4f, -1034},
	{0xbe5691ef416bd60c, -1007}, {0x8dd01fad907ffc3c, -980}, {0xd3515c2831559a83, -954}, {0x9d71ac8fada6c9b5, -927},
	{0xea9c227723ee8bcb, -901}, {0xaecc49914078536d, -874}, {0x823c12795db6ce57, -847}, {0xc21094364dfb5637, -821},
	{0x9096ea6f3848984f, -794}, {0xd77485cb25823ac7, -768}, {0xa086cfcd97bf97f4, -741}, {0xef340a98172aace5, -715},
	{0xb23867fb2a35b28e, -688}, {0x84c8d4dfd2c63f3b, -661}, {0xc5dd44271ad3cdba, -635}, {0x936b9fcebb25c996, -608},
	{0xdbac6c247d62a584, -582}, {0xa3ab66580d5fdaf6, -555}, {0xf3e2f893dec3f126, -529}, {0xb5b5ada8aaff80b8, -502},
	{0x87625f056c7c4a8b, -475}, {0xc9bcff6034c13053, -449}, {0x964e858c91ba2655, -422}, {0xdff9772470297ebd, -396},
	{0xa6dfbd9fb8e5b88f, -369}, {0xf8a95fcf88747d94, -343}, {0xb94470938fa89bcf, -316}, {0x8a08f0f8bf0f156b, -289},
	{0xcdb02555653131b6, -263}, {0x993fe2c6d07b7fac, -236}, {0xe45c10c42a2b3b06, -210}, {0xaa242499697392d3, -183},
	{0xfd87b5f28300ca0e, -157}, {0xbce5086492111aeb, -130}, {0x8cbccc096f5088cc, -103}, {0xd1b71758e219652c, -77},
	{0x9c40000000000000, -50}, {0xe8d4a51000000000, -24}, {0xad78ebc5ac620000, 3}, {0x813f3978f8940984, 30},
	{0xc097ce7bc90715b3, 56}, {0x8f7e32ce7bea5c70, 83}, {0xd5d238a4abe98068, 109}, {0x9f4f2726179a2245, 136},
	{0xed63a231d4c4fb27, 162}, {0xb0de65388cc8ada8, 189}, {0x83c7088e1aab65db, 216}, {0xc45d1df942711d9a, 242},
	{0x924d692ca61be758, 269}, {0xda01ee641a708dea, 295}, {0xa26da3999aef774a, 322}, {0xf209787bb47d6b85, 348},
	{0xb454e4a179dd1877, 375}, {0x865b86925b9bc5c2, 402}, {0xc83553c5c8965d3d, 428}, {0x952ab45cfa97a0b3, 455},
	{0xde469fbd99a05fe3, 481}, {0xa59bc234db398c25, 508}, {0xf6c69a72a3989f5c, 534}, {0xb7dcbf5354e9bece, 561},
	{0x88fcf317f22241e2, 588}, {0xcc20ce9bd35c78a5, 614}, {0x98165af37b2153df, 641}, {0xe2a0b5dc971f303a, 667},
	{0xa8d9d1535ce3b396, 694}, {0xfb9b7cd9a4a7443c, 720}, {0xbb764c4ca7a44410, 747}, {0x8bab8eefb6409c1a, 774},
	{0xd01fef10a657842c, 800}, {0x9b10a4e5e9913129, 827}, {0xe7109bfba19c0c9d, 853}, {0xac2820d9623bf429, 880},
	{0x80444b5e7aa7cf85, 907}, {0xbf21e44003acdd2d, 933}, {0x8e679c2f5e44ff8f, 960}, {0xd433179d9c8cb841, 986},
	{0x9e19db92b4e31ba9, 1013}, {0xeb96bf6ebadf77d9, 1039}, {0xaf87023b9bf0ee6b, 1066},
}
