// Package geohash turns positions on earth into the scores of sorted sets and searches them, as Redis does, to the last bit.
//
// A longitude in [-180, 180] and a latitude in [-85.05112878, 85.05112878] (the range of the web's Mercator maps) are cut into 2^26 steps each; the bits of
// the two numbers, longitude first, make a number of 52 bits, which a float64 holds exactly. All positions in a cell of a coarser grid, of
// 2^s by 2^s cells, have the same first 2·s bits: they are a range of scores. So a search chooses s such that the cell of its
// centre and the eight cells around it cover the area, and reads nine ranges.
//
// Distances are those on a sphere of the earth's quadratic mean radius, by the haversine formula. Redis takes sin, cos and asin from the C library,
// whose results are as good as always the float64 nearest to the truth; package math's are not, so trig.go has its own.
//
// The grid is that of https://github.com/yinqiwen/ardb/wiki/Spatial-Index; bits are interleaved as Sean Anderson's "Bit Twiddling Hacks" do.
package geohash
