"""securities"""
